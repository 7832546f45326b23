package dev.iostream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;

/** A program that runs beside a test, with its output and its errors in one file. */
public final class Program implements AutoCloseable {
    /** The longest that any of them takes to end is some minutes, on a slow machine. */
    private static final long LIMIT_SECONDS = 300;

    private final List<String> command;
    private final Process process;
    private final Path output;
    /** The same file, from where lines were last looked for. */
    private final InputStream growing;

    private final StringBuilder unseen = new StringBuilder();

    private Program(List<String> command, Process process, Path output) throws IOException {
        this.command = command;
        this.process = process;
        this.output = output;
        this.growing = Files.newInputStream(output);
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
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a line that has {@code words}, below all lines that were waited for before. */
    public String lineWith(String words) {
        var found = new AtomicReference<String>();
        Eventually.eventually(
                () -> {
                    boolean ended = !isRunning();
                    found.set(nextLineWith(words));
                    return found.get() != null || ended;
                },
                () -> "No '" + words + "'; " + said());
        assertThat(found.get()).as(() -> "'" + words + "'; " + said()).isNotNull();
        return found.get();
    }

    private String nextLineWith(String words) {
        try {
            unseen.append(new String(growing.readAllBytes(), ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int end = unseen.indexOf("\n"); end >= 0; end = unseen.indexOf("\n")) {
            String line = unseen.substring(0, end);
            unseen.delete(0, end + 1);
            if (line.contains(words)) {
                return line;
            }
        }
        return null;
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

    /** Types a line to a program that may have ended meanwhile. */
    public Program sayIfRunning(String line) {
        try {
            return say(line);
        } catch (IOException e) {
            assertThat(waitFor()).as(this::said).isNotZero();
            return this;
        }
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
        try {
            growing.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
