package dev.iostream.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs that take part, and where they are.
 *
 * @param peers the folder of the servers' modules
 * @param java the launcher of the servers on the JVM
 * @param natives what was compiled from C, by name
 * @param tlsGenerator whether the load generator speaks TLS
 */
record Programs(Path peers, Path java, Map<String, Path> natives, boolean tlsGenerator) {
    /** What launches source files that need virtual threads. */
    static final int NEWER_JDK = 25;

    private static final Path SOURCES = Path.of("src/main/c");
    private static final Path PEERS = Path.of("peers");
    private static final Path JVMS = Path.of("/usr/lib/jvm");
    private static final Path OPENSSL_HEADER = Path.of("/usr/include/openssl/ssl.h");
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

    static boolean installed(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Those that need no compiler. */
    static Programs onTheJvm(Path java) {
        return new Programs(PEERS, java, Map.of(), false);
    }

    /** Compiles those in C into {@code directory}. */
    static Programs compile(Path java, Path directory) throws IOException, InterruptedException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new UsageException("The benchmarks need Linux: the load generator uses epoll and /proc.");
        }
        if (!installed("gcc")) {
            throw new UsageException("The load generator is compiled here, and there is no gcc. Install it, with its C"
                    + " library headers (Debian and Ubuntu: apt-get install gcc libc6-dev; Fedora: dnf install gcc).");
        }
        boolean tls = Files.exists(OPENSSL_HEADER);
        var natives = new TreeMap<String, Path>();
        natives.put("cserver", compile("cserver", directory, List.of()));
        natives.put(
                "loadgen",
                compile("loadgen", directory, tls ? List.of("-DTLS", "-lssl", "-lcrypto") : List.<String>of()));
        return new Programs(PEERS, java, natives, tls);
    }

    private static Path compile(String name, Path directory, List<String> more)
            throws IOException, InterruptedException {
        Path source = SOURCES.resolve(name + ".c");
        if (!Files.isRegularFile(source)) {
            throw new UsageException("There is no " + source + " here; run this in the folder 'benchmarks'.");
        }
        Path program = directory.resolve(name);
        var command =
                new ArrayList<>(List.of("gcc", "-O2", "-march=native", "-o", program.toString(), source.toString()));
        command.addAll(more);
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (gcc.waitFor() != 0) {
            throw new UsageException("gcc cannot compile " + source + ":\n" + said);
        }
        return program.toAbsolutePath();
    }

    Optional<Path> compiled(String name) {
        return Optional.ofNullable(natives.get(name));
    }

    /** What the classes of a peer's module need to run, those classes first. The build has written it down. */
    String classPath(String module) {
        Path target = peers.resolve(module).resolve("target");
        try {
            String others = Files.readString(target.resolve("classpath")).trim();
            String own = target.resolve("classes").toAbsolutePath().toString();
            return others.isEmpty() ? own : own + File.pathSeparator + others;
        } catch (IOException e) {
            throw new UsageException("The peer '" + module + "' has not been built: there is no " + target
                    + "/classpath. Run Maven with -am, so that the peers are built too.");
        }
    }

    /** The launcher of a newer JDK: this one, or one among the system's. */
    Optional<Path> newerJava() {
        if (Runtime.version().feature() >= NEWER_JDK) {
            return Optional.of(java);
        }
        if (!Files.isDirectory(JVMS)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(JVMS)) {
            return homes.filter(home -> feature(home) >= NEWER_JDK)
                    .max(Comparator.comparingInt(Programs::feature))
                    .map(home -> home.resolve("bin/java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int feature(Path home) {
        try {
            Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
            return version.find() && Files.isExecutable(home.resolve("bin/javac"))
                    ? Integer.parseInt(version.group(1))
                    : 0;
        } catch (IOException e) {
            return 0; // no JDK there, but a link or a folder of something else
        }
    }
}
