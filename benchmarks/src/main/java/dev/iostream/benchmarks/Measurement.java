package dev.iostream.benchmarks;

import java.io.IOException;
import java.time.Duration;

/** Takes samples in quiet moments. */
final class Measurement {
    private final Lab lab;
    private final Quiet quiet;

    Measurement(Lab lab, Quiet quiet) {
        this.lab = lab;
        this.quiet = quiet;
    }

    /** Measures, and measures again while the machine is not quiet and patience lasts; returns the quietest sample. */
    Sample take(Entry entry) throws IOException, InterruptedException {
        quiet.await();
        Sample best = once(entry);
        while (best.foreign() > Quiet.FOREIGN_LIMIT && quiet.patient()) {
            quiet.spend(Duration.ofSeconds((long) entry.procedure().seconds(lab.options())));
            quiet.await();
            Sample again = once(entry);
            best = again.foreign() < best.foreign() ? again : best;
        }
        return best;
    }

    private Sample once(Entry entry) throws IOException, InterruptedException {
        try {
            return entry.procedure().measure(lab);
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(entry.title() + ": " + e.getMessage(), e);
        }
    }
}
