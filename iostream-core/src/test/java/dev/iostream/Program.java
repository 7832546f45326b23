package dev.iostream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program that runs beside a test, with its output in a file. */
public final class Program implements AutoCloseable {
    private final Process process;
    private final Path output;

    private Program(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Skips the test, and says so loudly, unless a program can be run with an argument that only makes it tell something. */
    public static void require(String name, String argument) throws InterruptedException {
        String why;
        try {
            Process process = new ProcessBuilder(name, argument)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            if (process.exitValue() == 0) {
                return;
            }
            why = "ends with status " + process.exitValue();
        } catch (IOException e) {
            why = "is not installed or not on the PATH";
        }
        String loud = "NOT TESTED WITH " + name.toUpperCase(Locale.ROOT) + ": the program " + why;
        System.err.println(loud);
        Assumptions.abort(loud);
    }

    /** Starts a program whose output and errors go to a new file in {@code folder}. */
    public static Program start(Path folder, List<String> command) throws IOException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Program(process, output);
    }

    /** Whether it has not ended. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** Waits for its end, and returns its status. */
    public int waitFor() {
        try {
            assertThat(process.waitFor(2 * Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as(this::output)
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it has said so far. */
    public String output() {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets it go on when it waits for a line. */
    public void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    /** Ends it if it has not ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        waitFor();
    }
}
