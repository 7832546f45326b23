package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A peer that runs in a process of its own and has said on which ports it listens. */
final class Server implements AutoCloseable {
    /**
     * The same for all peers. A fixed heap, so that none is measured while it grows. The serial collector, since the
     * server has one core: a concurrent one would take time from the loop on threads of its own, at moments of its own.
     */
    static final List<String> JVM_FLAGS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("ready((?: \\d+)+)");

    private final Child process;
    private final List<Integer> ports;

    private Server(Child process, List<Integer> ports) {
        this.process = process;
        this.ports = ports;
    }

    /** Starts the server and waits until it accepts connections. */
    static Server start(String name, List<String> command, Path directory) throws IOException, InterruptedException {
        Child process = Child.start(name, command, directory);
        try {
            Matcher ready = process.awaitLine(READY, START_LIMIT);
            return new Server(
                    process,
                    Stream.of(ready.group(1).trim().split(" "))
                            .map(Integer::valueOf)
                            .toList());
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    int port() {
        return ports.get(0);
    }

    /** The port of those listeners that a server may have beside its first. */
    int otherPort() {
        return ports.get(1);
    }

    long pid() {
        return process.pid();
    }

    /** Asks the server for a figure. */
    long ask(String figure) throws IOException, InterruptedException {
        process.say(figure);
        Pattern answer = Pattern.compile(Pattern.quote(figure) + " (-?\\d+)");
        long value = Long.parseLong(process.awaitLine(answer, ANSWER_LIMIT).group(1));
        if (value < 0) {
            throw new IOException("A server does not know the figure '" + figure + "'");
        }
        return value;
    }

    @Override
    public void close() {
        process.close();
    }
}
