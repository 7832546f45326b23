package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Where measurements are taken: starts servers and load generators, each on its core. */
final class Lab {
    private static final Duration GENERATOR_SLACK = Duration.ofSeconds(130);
    private static final Duration JCMD_LIMIT = Duration.ofSeconds(60);

    private final Options options;
    private final Programs programs;
    private final Path directory;
    private final RunFiles files;

    Lab(Options options, Programs programs, Path directory) {
        this.options = options;
        this.programs = programs;
        this.directory = directory;
        this.files = new RunFiles(directory);
    }

    Options options() {
        return options;
    }

    Programs programs() {
        return programs;
    }

    /** Starts a server on its core. */
    Server server(Peer peer, String... order) throws IOException, InterruptedException {
        return server(peer, Server.JVM_FLAGS, List.of(order));
    }

    Server server(Peer peer, List<String> jvmFlags, List<String> order) throws IOException, InterruptedException {
        List<String> command = command(peer, jvmFlags, order);
        return Server.start(peer.id(), options.cores().forServer(command), directory);
    }

    /** Starts a server on as many cores as are given, all but the load generator's. */
    Server wideServer(int cores, Peer peer, String... order) throws IOException, InterruptedException {
        List<String> command = command(peer, Server.JVM_FLAGS, List.of(order));
        return Server.start(peer.id(), options.cores().forWideServer(cores, command), directory);
    }

    /** Starts a server on the core of the load generator: one that only helps. */
    Server helper(Peer peer, String... order) throws IOException, InterruptedException {
        List<String> command = command(peer, Server.JVM_FLAGS, List.of(order));
        return Server.start(peer.id() + "-helper", options.cores().forGenerator(command), directory);
    }

    private List<String> command(Peer peer, List<String> jvmFlags, List<String> order)
            throws IOException, InterruptedException {
        return peer.program()
                .command(programs, jvmFlags, complete(order))
                .orElseThrow(() -> new Unavailable(peer.title() + " needs what this machine does not have: JDK "
                        + Programs.NEWER_JDK + " among the system's JVMs, or gcc"));
    }

    /** Runs the load generator against a server and returns what it saw. */
    Fields generate(Server server, String mode, List<String> settings) throws IOException, InterruptedException {
        try (Child generator = generator(server, server.port(), mode, settings)) {
            return result(generator);
        }
    }

    /** Starts a load generator on its core. */
    Child generator(Server server, int port, String mode, List<String> settings) throws IOException {
        return generator(List.of(), server, port, mode, settings);
    }

    /** Starts one that is not kept waiting by others on its core, if the system allows that. */
    Child urgentGenerator(Server server, int port, String mode, List<String> settings) throws IOException {
        List<String> prefix = Privileges.realTime() ? List.of("chrt", "-f", "10") : List.of();
        return generator(prefix, server, port, mode, settings);
    }

    private Child generator(List<String> prefix, Server server, int port, String mode, List<String> settings)
            throws IOException {
        if (settings.contains("-T") && !programs.tlsGenerator()) {
            throw new Unavailable("The load generator speaks TLS with OpenSSL, whose headers are not installed"
                    + " (Debian and Ubuntu: apt-get install libssl-dev)");
        }
        var command = new ArrayList<>(prefix);
        command.addAll(
                List.of(programs.compiled("loadgen").orElseThrow().toString(), mode, "-p" + port, "-S" + server.pid()));
        command.addAll(settings);
        return Child.start("loadgen", options.cores().forGenerator(command), directory);
    }

    /** Adds the files that an order needs. */
    private List<String> complete(List<String> order) throws IOException, InterruptedException {
        var all = new ArrayList<>(order);
        if (order.stream().anyMatch(word -> word.startsWith("tls="))) {
            all.add("keys=" + files.keys());
        }
        if (order.contains(Job.FILE.id())) {
            all.add("file=" + files.payloads());
        }
        return all;
    }

    /** Waits for what a load generator says at its end. */
    Fields result(Child generator) throws IOException, InterruptedException {
        Duration limit = Duration.ofSeconds(options.warmupSeconds() + options.seconds());
        return Fields.parse(generator.readLine(limit.plus(GENERATOR_SLACK)));
    }

    /** Starts any other program on the server's core. */
    Child start(String name, List<String> command) throws IOException {
        return Child.start(name, options.cores().forServer(command), directory);
    }

    /** Runs a class of a peer's module that measures by itself and prints one line of fields. */
    Fields run(String module, String main, List<String> jvmFlags, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new Program.Module(module, main)
                .command(programs, jvmFlags, complete(List.of(arguments)))
                .orElseThrow();
        try (Child child = start(main, command)) {
            return Fields.parse(child.readLine(limit));
        }
    }

    /** Asks the JVM of a server with the JDK's tool for that, beside the server, and returns the lines of its answer. */
    List<String> jcmd(Server server, String... request) throws IOException, InterruptedException {
        return jcmd(server.pid(), request);
    }

    List<String> jcmd(long pid, String... request) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(List.of(programs.java().resolveSibling("jcmd").toString(), Long.toString(pid)));
        command.addAll(List.of(request));
        Path answer = Files.createTempFile(directory, "jcmd", ".txt");
        Process jcmd = new ProcessBuilder(options.cores().forGenerator(command))
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start();
        try {
            boolean ended = jcmd.waitFor(JCMD_LIMIT.toSeconds(), TimeUnit.SECONDS);
            List<String> lines = Files.readAllLines(answer);
            if (!ended || jcmd.exitValue() != 0) {
                throw new IOException("jcmd failed to " + request[0] + ":\n" + String.join("\n", lines));
            }
            return lines;
        } finally {
            jcmd.destroyForcibly();
            Files.delete(answer);
        }
    }

    /** For how long the load generator warms up and measures. */
    List<String> time() {
        return List.of("-w" + options.warmupSeconds(), "-d" + options.seconds());
    }

    /** Settings of the load generator, and some more. */
    static List<String> with(List<String> settings, String... more) {
        return Stream.concat(settings.stream(), Stream.of(more)).toList();
    }
}
