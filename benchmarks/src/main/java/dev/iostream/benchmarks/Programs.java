package dev.iostream.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The native programs: where they come from and where they are. */
record Programs(Path loadgen, Path cserver) {
    private static final Path SOURCES = Path.of("src/main/c");

    static boolean installed(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Compiles them into {@code directory}. */
    static Programs compile(Path directory) throws IOException, InterruptedException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new UsageException("The benchmarks need Linux: the load generator uses epoll and /proc.");
        }
        if (!installed("gcc")) {
            throw new UsageException("The load generator is compiled here, and there is no gcc. Install it, with its C"
                    + " library headers (Debian and Ubuntu: apt-get install gcc libc6-dev; Fedora: dnf install gcc).");
        }
        return new Programs(compile("loadgen", directory), compile("cserver", directory));
    }

    private static Path compile(String name, Path directory) throws IOException, InterruptedException {
        Path source = SOURCES.resolve(name + ".c");
        if (!Files.isRegularFile(source)) {
            throw new UsageException("There is no " + source + " here; run this in the folder 'benchmarks'.");
        }
        Path program = directory.resolve(name);
        Process gcc = new ProcessBuilder(
                        List.of("gcc", "-O2", "-march=native", "-o", program.toString(), source.toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (gcc.waitFor() != 0) {
            throw new UsageException("gcc cannot compile " + source + ":\n" + said);
        }
        return program.toAbsolutePath();
    }
}
