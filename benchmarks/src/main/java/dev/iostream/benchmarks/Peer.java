package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.IOStreamEcho;
import dev.iostream.benchmarks.peer.NettyEcho;
import dev.iostream.benchmarks.peer.NioSketch;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The servers that can be measured. */
enum Peer {
    C("C epoll", Optional.empty()),
    SKETCH("NIO sketch", Optional.of(NioSketch.class)),
    NETTY("Netty NIO", Optional.of(NettyEcho.class)),
    IOSTREAM("iostream", Optional.of(IOStreamEcho.class));

    private final String title;
    private final Optional<Class<?>> main;

    Peer(String title, Optional<Class<?>> main) {
        this.title = title;
        this.main = main;
    }

    /** What reports call it. */
    String title() {
        return title;
    }

    /** What the command line calls it. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The class whose {@code main} is the server; none for a native one. */
    Optional<Class<?>> main() {
        return main;
    }

    /** The version of Netty that is measured. */
    static String nettyVersion() {
        return Channel.class.getPackage().getImplementationVersion();
    }

    static List<Peer> onTheJvm() {
        return Arrays.stream(values()).filter(peer -> peer.main.isPresent()).toList();
    }

    static Peer named(String id) {
        return Arrays.stream(values())
                .filter(peer -> peer.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException("No peer is called '" + id + "'; there are "
                        + Arrays.stream(values()).map(Peer::id).collect(Collectors.joining(", "))));
    }
}
