package dev.iostream.benchmarks;

import java.io.IOException;
import java.time.Duration;

/**
 * Waits until other processes leave the machine alone. All waiting together is bounded by one budget; when that is
 * used up, measurements are taken as they come and their foreign share tells.
 */
final class Quiet {
    /** A measurement during which others used more than this share of a core, in percent, is worth repeating. */
    static final double FOREIGN_LIMIT = 10;

    static final Duration LOOK = Duration.ofMillis(500);

    private Duration left;

    Quiet(Duration patience) {
        this.left = patience;
    }

    /** Returns when a moment has passed in which the machine was quiet, or when there is no patience left. */
    void await() throws IOException, InterruptedException {
        while (patient()) {
            double before = Machine.busySeconds();
            Thread.sleep(LOOK.toMillis());
            if ((Machine.busySeconds() - before) / LOOK.toMillis() * 1e5 <= FOREIGN_LIMIT) {
                return;
            }
            spend(LOOK);
        }
    }

    boolean patient() {
        return left.compareTo(Duration.ZERO) > 0;
    }

    void spend(Duration time) {
        left = left.minus(time);
    }
}
