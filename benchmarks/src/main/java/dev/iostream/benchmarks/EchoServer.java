package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A peer that runs in a process of its own and has said on which port it listens. */
final class EchoServer implements AutoCloseable {
    /**
     * The same for all peers. A fixed heap, so that none is measured while it grows. The serial collector, since the
     * server has one core: a concurrent one would take time from the loop on threads of its own, at moments of its own.
     */
    static final List<String> JVM_FLAGS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("ready (\\d+)");

    private final Child process;
    private final int port;

    private EchoServer(Child process, int port) {
        this.process = process;
        this.port = port;
    }

    /** The command that runs the peer's {@code main} on a port that the system chooses. */
    static List<String> jvmCommand(Path java, Class<?> main) {
        var command = new ArrayList<String>();
        command.add(java.toString());
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), "0"));
        return command;
    }

    /** Starts the server and waits until it accepts connections. */
    static EchoServer start(String name, List<String> command, Path directory)
            throws IOException, InterruptedException {
        Child process = Child.start(name, command, directory);
        try {
            String line = process.readLine(START_LIMIT);
            Matcher ready = READY.matcher(line);
            if (!ready.matches()) {
                throw new IOException(name + " should say 'ready' and its port, said '" + line + "'");
            }
            return new EchoServer(process, Integer.parseInt(ready.group(1)));
        } catch (IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
