package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** From the start of the process until a Spring Boot application is ready. */
record StartUp(Application application) implements Procedure {
    private static final Pattern READY = Pattern.compile("ready.*");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PEERS = "dev.iostream.benchmarks.peer.";

    /** One application, with a server or without, and what is on its class path for that. */
    enum Application {
        /** One server of the starter. */
        STARTER("starter.StarterServer", List.of()),
        /** The same server made of core by hand: what is left when the starter costs nothing. */
        BY_HAND("byhand.ByHandApplication", List.of("iostream-spring-boot-starter")),
        /** No server, as of an application that does not name the starter. */
        PLAIN("plain.PlainApplication", List.of("iostream-spring-boot-starter", "iostream-core"));

        private final String main;
        private final List<String> leftOut;

        Application(String main, List<String> leftOut) {
            this.main = PEERS + main;
            this.leftOut = leftOut;
        }

        private List<String> command(Programs programs) {
            String classPath = Arrays.stream(programs.classPath("starter").split(File.pathSeparator))
                    .filter(entry -> leftOut.stream().noneMatch(entry::contains))
                    .collect(Collectors.joining(File.pathSeparator));
            var command = new ArrayList<>(List.of(programs.java().toString()));
            command.addAll(Server.JVM_FLAGS);
            command.addAll(List.of("-cp", classPath, main, Job.ECHO.id()));
            return command;
        }
    }

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        List<String> command = application.command(lab.programs());
        long start = System.nanoTime();
        try (Child child = lab.start("application", command)) {
            child.awaitLine(READY, LIMIT);
            return Sample.of(Metric.START, (System.nanoTime() - start) / 1e6);
        }
    }

    @Override
    public double seconds(Options options) {
        return 3;
    }
}
