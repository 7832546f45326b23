package dev.iostream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program that runs beside a test, with its output and its errors in one file. */
public final class Program implements AutoCloseable {
    /** The longest that any of them takes to end is some minutes, on a slow machine. */
    private static final long LIMIT_SECONDS = 300;

    private final List<String> command;
    private final Process process;
    private final Path output;
    /** Up to where lines were looked at. */
    private int seen;

    private Program(List<String> command, Process process, Path output) {
        this.command = command;
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

    /** Starts a program in a folder. */
    public static Program start(Path folder, List<String> command) throws IOException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Program(command, process, output);
    }

    /** A port of loopback that is free now, for programs that do not tell which one they got. */
    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Whether it has not ended. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** Waits for its end, and returns its status. */
    public int waitFor() {
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as(this::said)
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it has said so far. */
    public String output() {
        try {
            return Files.readString(output, ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a line that has {@code words}, below all lines that were waited for before. */
    public String lineWith(String words) {
        while (true) {
            Eventually.eventually(() -> hasNextLine() || !isRunning(), () -> "No '" + words + "'; " + said());
            assertThat(hasNextLine()).as("'%s'; %s", words, said()).isTrue();
            String all = output();
            String line = all.substring(seen, all.indexOf('\n', seen));
            seen += line.length() + 1;
            if (line.contains(words)) {
                return line;
            }
        }
    }

    private boolean hasNextLine() {
        return output().indexOf('\n', seen) >= 0;
    }

    private String said() {
        return command + " has said:\n" + output();
    }

    /** Types a line. */
    public Program say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
        return this;
    }

    /** Types so many zeros. */
    public void sayMuch(int count) throws IOException {
        process.getOutputStream().write(new byte[count]);
        process.getOutputStream().flush();
    }

    /** Has no more to say. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Ends it if it has not ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        waitFor();
    }
}
