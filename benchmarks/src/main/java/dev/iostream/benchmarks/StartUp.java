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

/** From the start of the process until a Spring Boot application is ready, with the starter and a server, or without. */
record StartUp(boolean starter) implements Procedure {
    private static final Pattern READY = Pattern.compile("ready.*");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PLAIN = "dev.iostream.benchmarks.peer.plain.PlainApplication";

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        List<String> command = starter
                ? Peer.STARTER
                        .program()
                        .command(lab.programs(), Server.JVM_FLAGS, List.of(Job.ECHO.id()))
                        .orElseThrow()
                : plain(lab);
        long start = System.nanoTime();
        try (Child application = lab.start("application", command)) {
            application.awaitLine(READY, LIMIT);
            return Sample.of(Metric.START, (System.nanoTime() - start) / 1e6);
        }
    }

    /** The same class path less the starter and core, as of an application that does not name it. */
    private static List<String> plain(Lab lab) {
        String classPath = Arrays.stream(lab.programs().classPath("starter").split(File.pathSeparator))
                .filter(entry -> !entry.contains("iostream-spring-boot-starter") && !entry.contains("iostream-core"))
                .collect(Collectors.joining(File.pathSeparator));
        var command = new ArrayList<>(List.of(lab.programs().java().toString()));
        command.addAll(Server.JVM_FLAGS);
        command.addAll(List.of("-cp", classPath, PLAIN));
        return command;
    }

    @Override
    public double seconds(Options options) {
        return 3;
    }
}
