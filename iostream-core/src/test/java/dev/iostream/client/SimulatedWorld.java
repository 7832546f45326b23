package dev.iostream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.dns.Resolver;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.transport.DialOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Two machines that may serve, a client that connects to them, and what happened when, in virtual time. */
final class SimulatedWorld {
    static final InetSocketAddress A = new InetSocketAddress(address("10.0.0.1"), 7000);
    static final InetSocketAddress B = new InetSocketAddress(address("10.0.0.2"), 7000);

    final Simulation simulation = new Simulation(Link.perfect());
    final List<String> events = new ArrayList<>();

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A client without jitter, to be completed. */
    TCPClient.Builder client() {
        return TCPClient.builder(simulation.loop())
                .name("orders")
                .dial(simulation.dialOptions())
                .random(() -> 0.5);
    }

    /** A client of an echo server by its name, service.example, whose resolver the system gives no thread the first time. */
    TCPClient clientWithoutAThreadForItsFirstName(InetSocketAddress address) {
        echo(address);
        simulation.name("service.example", address.getAddress());
        tellWhatIsReported();
        Resolver resolver = simulation.resolver();
        var asked = new AtomicBoolean();
        DialOptions dial = simulation.dialOptions().resolver((host, limit, loop, resolved, failed) -> {
            if (asked.compareAndSet(false, true)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            resolver.resolve(host, limit, loop, resolved, failed);
        });
        return client().target("service.example:7000").dial(dial).build();
    }

    /** Lets what the loop reports be among the events. */
    void tellWhatIsReported() {
        simulation.loop().setExceptionHandler(failure -> happened("reported " + failure.getMessage()));
    }

    /** A server that answers each line with the same line. */
    TCPServer echo(InetSocketAddress address) {
        var server = new TCPServer(
                simulation.loop(),
                SimulatedWorld::echo,
                ServerOptions.named("echo").network(simulation.network()));
        server.listen(address);
        return server;
    }

    static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    void happened(String event) {
        events.add(seconds() + " " + event);
    }

    /** What happened since this was asked before. */
    List<String> events() {
        List<String> all = List.copyOf(events);
        events.clear();
        return all;
    }

    private String seconds() {
        long millis = Duration.ofNanos(simulation.loop().nanoTime()).toMillis();
        return millis / 1000 + "." + String.format("%03d", millis % 1000);
    }

    void run(Duration duration) {
        simulation.run(duration);
    }

    void assertNothingIsLeft() {
        assertThat(simulation.loop().stats().timers()).as("timers").isZero();
        assertThat(simulation.loop().stats().streams()).as("streams").isZero();
    }
}
