package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Measures iostream's parts with JMH, in processes of its own on the server's core. */
record Jmh(Lab lab) {
    private static final List<String> FULL = List.of("-wi", "2", "-w", "1", "-i", "4", "-r", "1");
    private static final List<String> QUICK = List.of("-wi", "1", "-w", "200ms", "-i", "1", "-r", "200ms");
    private static final int LIMIT_MINUTES = 20;

    /** About how many seconds it takes. */
    static double seconds(Options options) {
        return options.quick() ? 45 : 190;
    }

    Parts measure() throws IOException, InterruptedException {
        Path csv = Files.createTempFile("parts", ".csv");
        Path log = Files.createTempFile("parts", ".log");
        var command = new ArrayList<>(List.of(
                lab.programs().java().toString(),
                "-cp",
                lab.programs().classPath("../parts"),
                "org.openjdk.jmh.Main",
                "-f",
                "1",
                "-prof",
                "gc",
                "-foe",
                "true",
                "-rf",
                "csv",
                "-rff",
                csv.toString()));
        command.addAll(lab.options().quick() ? QUICK : FULL);
        Process jmh = new ProcessBuilder(lab.options().cores().forServer(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!jmh.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || jmh.exitValue() != 0) {
                throw new IOException("JMH failed:\n" + Files.readString(log));
            }
            return Parts.parse(Files.readAllLines(csv, StandardCharsets.UTF_8));
        } finally {
            jmh.destroyForcibly();
            Files.delete(csv);
            Files.delete(log);
        }
    }
}
