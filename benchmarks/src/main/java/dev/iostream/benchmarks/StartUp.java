package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** From the start of the process until a Spring Boot application is ready. */
record StartUp(Program application) implements Profilable {
    /** One server of the starter. */
    static final StartUp WITH_STARTER = new StartUp(Peer.STARTER.program());
    /** The same server made of core by hand: what is left when the starter costs nothing. */
    static final StartUp BY_HAND = without("byhand.ByHandApplication", "iostream-spring-boot-starter");
    /** No server, as of an application that does not name the starter. */
    static final StartUp PLAIN = without("plain.PlainApplication", "iostream-spring-boot-starter", "iostream-core");

    private static final Pattern READY = Pattern.compile("ready.*");
    /** How many starts a profile is the mean of: they differ by more than their parts. */
    static final int PROFILED = 8;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static StartUp without(String main, String... leftOut) {
        return new StartUp(new Program.Module("starter", main, List.of(), List.of(leftOut)));
    }

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        return started(lab, (child, millis) -> Sample.of(Metric.START, millis));
    }

    @Override
    public Profile profile(Lab lab) throws IOException, InterruptedException {
        var starts = new ArrayList<Profile>();
        for (int i = 0; i < PROFILED; i++) {
            starts.add(started(
                    lab,
                    (child, millis) -> JvmCounters.parse(lab.jcmd(child.pid(), "PerfCounter.print"))
                            .profile(millis)));
        }
        return Profile.mean(starts);
    }

    private <T> T started(Lab lab, Look<T> look) throws IOException, InterruptedException {
        List<String> command = application
                .command(lab.programs(), Server.JVM_FLAGS, List.of(Job.ECHO.id()))
                .orElseThrow();
        long start = System.nanoTime();
        try (Child child = lab.start("application", command)) {
            child.awaitLine(READY, LIMIT);
            return look.at(child, (System.nanoTime() - start) / 1e6);
        }
    }

    private interface Look<T> {
        T at(Child ready, double millis) throws IOException, InterruptedException;
    }

    @Override
    public double seconds(Options options) {
        return 3;
    }
}
