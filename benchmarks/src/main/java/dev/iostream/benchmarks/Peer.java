package dev.iostream.benchmarks;

import static dev.iostream.benchmarks.peer.Job.ECHO;
import static dev.iostream.benchmarks.peer.Job.FANOUT;
import static dev.iostream.benchmarks.peer.Job.FILE;
import static dev.iostream.benchmarks.peer.Job.PROXY;
import static dev.iostream.benchmarks.peer.Job.SINK;
import static dev.iostream.benchmarks.peer.Job.SOURCE;

import dev.iostream.benchmarks.peer.Job;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The servers that can be measured, and what each of them has learned. */
enum Peer {
    C("C epoll", new Program.Native("cserver"), List.of(), EnumSet.of(ECHO, SINK, SOURCE, FANOUT)),
    SKETCH("NIO sketch", module("sketch", "sketch.NioSketch"), List.of(), EnumSet.of(ECHO, SINK, SOURCE)),
    NETTY_NIO("Netty NIO", netty("nio"), List.of("jdk", "conscrypt", "openssl"), nettyJobs()),
    NETTY_EPOLL("Netty epoll", netty("epoll"), List.of(), nettyJobs()),
    NETTY_IO_URING("Netty io_uring", netty("io_uring"), List.of(), EnumSet.of(ECHO, SINK, SOURCE, PROXY, FANOUT)),
    VERTX(
            "Vert.x",
            module("vertx", "vertx.VertxServer"),
            List.of("jdk"),
            EnumSet.of(ECHO, SINK, SOURCE, FILE, PROXY, FANOUT)),
    INTEGRATION(
            "Spring Integration",
            module("spring-integration", "integration.IntegrationServer"),
            List.of("jdk"),
            EnumSet.of(ECHO)),
    BLOCKING(
            "java.net, virtual threads",
            new Program.Source("blocking/BlockingServer.java"),
            List.of("jdk"),
            EnumSet.of(ECHO, SINK, SOURCE, FILE, PROXY, FANOUT)),
    IOSTREAM(
            "iostream",
            module("iostream", "iostream.IOStreamServer"),
            List.of("jdk", "conscrypt"),
            EnumSet.allOf(Job.class)),
    STARTER("iostream starter", module("starter", "starter.StarterServer"), List.of(), EnumSet.of(ECHO));

    private final String title;
    private final Program program;
    private final List<String> tls;
    private final Set<Job> jobs;

    Peer(String title, Program program, List<String> tls, Set<Job> jobs) {
        this.title = title;
        this.program = program;
        this.tls = tls;
        this.jobs = jobs;
    }

    private static Program module(String module, String main) {
        return new Program.Module(module, main);
    }

    private static Program netty(String transport) {
        return new Program.Module("netty", "netty.NettyServer", List.of("transport=" + transport), List.of());
    }

    /** All that need no feature of iostream's. */
    private static Set<Job> nettyJobs() {
        return EnumSet.of(ECHO, SINK, SOURCE, FILE, PROXY, FANOUT);
    }

    /** What reports call it. */
    String title() {
        return title;
    }

    /** What the command line calls it. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Program program() {
        return program;
    }

    /** The engines of which it can make connections secure. */
    List<String> tls() {
        return tls;
    }

    Set<Job> jobs() {
        return jobs;
    }

    /** Whether a target compares with it. */
    boolean inTargets() {
        return this != VERTX && this != INTEGRATION && this != BLOCKING;
    }

    static Peer named(String id) {
        return Arrays.stream(values())
                .filter(peer -> peer.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException("No peer is called '" + id + "'; there are "
                        + Arrays.stream(values()).map(Peer::id).collect(Collectors.joining(", "))));
    }
}
