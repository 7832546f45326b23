package dev.iostream.benchmarks.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The command line of a server: a job, and settings such as {@code size=16384}.
 *
 * @param job what to do with connections
 * @param settings what else was said, by name
 */
public record Order(Job job, Map<String, String> settings) {
    /** Room for all connections that a load generator opens at once, for every server alike. */
    public static final int BACKLOG = 4096;

    /** The longest line that a server has to take. */
    public static final int MAX_LINE = 32 << 20;

    /** Reads a job and its settings. */
    public static Order of(String... arguments) {
        Map<String, String> settings = Arrays.stream(arguments)
                .skip(1)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        return new Order(Job.of(arguments[0]), settings);
    }

    /** A setting. Throws when it was not given. */
    public String text(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException(job.id() + " needs the setting '" + name + "='");
        }
        return value;
    }

    /** A setting, or {@code otherwise}. */
    public String text(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }

    /** A setting that is a whole number. */
    public int number(String name) {
        return Integer.parseInt(text(name));
    }

    /** A setting that is a whole number, or {@code otherwise}. */
    public int number(String name, int otherwise) {
        return settings.containsKey(name) ? number(name) : otherwise;
    }

    /** The file to send. */
    public Path file() {
        return Path.of(text("file"));
    }

    /** Where a proxy connects to. */
    public InetSocketAddress upstream() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), number("upstream"));
    }

    /** Whether connections are secured. */
    public boolean secure() {
        return settings.containsKey("tls");
    }

    /** Where to listen: on loopback, on a port that the system chooses. */
    public static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** What to throw when the server has not learned the job. */
    public IllegalArgumentException unknown() {
        return new IllegalArgumentException("This server does not know the job '" + job.id() + "'");
    }
}
