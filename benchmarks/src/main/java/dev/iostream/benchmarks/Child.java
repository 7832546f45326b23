package dev.iostream.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that the harness started. It ends when it is closed, and at the latest with the harness. */
final class Child implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(5);
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final Path errors;

    private Child(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /** Starts {@code command}; what it says on standard error goes to a file in {@code directory}. */
    static Child start(String name, List<String> command, Path directory) throws IOException {
        Path errors = directory.resolve(name + ".err");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        RUNNING.add(process);
        return new Child(name, process, errors);
    }

    long pid() {
        return process.pid();
    }

    /** Gives it a line on standard input. */
    void say(String line) throws IOException {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw failed("has ended and cannot be told '" + line + "'");
        }
    }

    /** Waits for the next line on standard output. Fails when there is none within the limit. */
    String readLine(Duration limit) throws IOException, InterruptedException {
        var line = CompletableFuture.supplyAsync(this::nextLine);
        try {
            Optional<String> next = line.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return next.orElseThrow(() -> failed("ended before it said what was expected"));
        } catch (TimeoutException e) {
            throw failed("said nothing within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new IOException("Could not read what " + name + " says", e.getCause());
        }
    }

    /** Waits for a line of that form and skips others, such as a log. Fails when there is none within the limit. */
    Matcher awaitLine(Pattern form, Duration limit) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Matcher line = form.matcher(readLine(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
            if (line.matches()) {
                return line;
            }
        }
    }

    private Optional<String> nextLine() {
        try {
            return Optional.ofNullable(output.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IOException failed(String what) {
        String message = name + " " + what;
        try {
            String said = Files.readString(errors).trim();
            return new IOException(said.isEmpty() ? message : message + ":\n" + said);
        } catch (IOException e) {
            return new IOException(message, e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        process.destroyForcibly().onExit().join();
        RUNNING.remove(process);
    }
}
