package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.tls.RawTls;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A TLS server at 127.0.0.1:7000, also known as localhost, and clients of it, in virtual time. */
abstract class TlsFixture {
    static final int PORT = 7000;

    final Simulation simulation;
    final InetSocketAddress address = new InetSocketAddress(loopback(), PORT);
    final List<String> events = new ArrayList<>();
    final List<IOStream> served = new ArrayList<>();
    final List<IOStream> clients = new ArrayList<>();

    static InetAddress loopback() {
        try {
            return InetAddress.getByName("127.0.0.1");
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private final List<Throwable> reported = new ArrayList<>();

    TlsFixture() {
        this(Link.perfect().latency(Duration.ofMillis(1)));
    }

    TlsFixture(Link link) {
        simulation = new Simulation(link);
        simulation.loop().setExceptionHandler(reported::add);
    }

    @AfterEach
    void nothingIsLeft() {
        served.forEach(IOStream::abort);
        clients.forEach(IOStream::abort);
        simulation.run();
        assertThat(reported).as("what callbacks and handlers threw").isEmpty();
        assertThat(simulation.loop().stats().streams()).isZero();
        assertThat(simulation.loop().stats().timers()).isZero();
        assertThat(RawTls.buffersTaken(simulation.loop()))
                .as("record buffers held")
                .isZero();
        simulation.loop().close();
    }

    /** Whose engines are used. */
    TlsPairs pairs() {
        return TlsPairs.ofTheJdk();
    }

    TlsOptions serverOptions() {
        return TlsOptions.server(pairs().server());
    }

    TlsOptions clientOptions() {
        return TlsOptions.client(pairs().client());
    }

    /** Accepts connections and secures each. */
    void serve(TlsOptions tls, StreamCallback handler) {
        listen(accepted -> served.add(
                SSLIOStream.over(accepted.transport(), tls, simulation.loop(), StreamOptions.defaults(), handler)));
    }

    /** Accepts connections and leaves them in plain. */
    void servePlain(StreamCallback handler) {
        listen(accepted ->
                served.add(IOStream.over(accepted.transport(), simulation.loop(), StreamOptions.defaults(), handler)));
    }

    interface OnAccepted {
        void accept(Network.Accepted accepted) throws IOException;
    }

    void listen(OnAccepted onAccepted) {
        simulation.name("localhost", loopback());
        simulation.name("wrong.example", loopback());
        simulation.name("a.b.example", loopback());
        try {
            simulation.network().listen(address, 10, simulation.loop(), simulation::loop, accepted -> {
                try {
                    onAccepted.accept(accepted);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    StreamOptions options() {
        return StreamOptions.builder().dial(simulation.dialOptions()).build();
    }

    SSLIOStream open(TlsOptions tls) {
        SSLIOStream stream = SSLIOStream.open(simulation.loop(), tls, options());
        clients.add(stream);
        stream.setCloseCallback(() -> events.add("closed"));
        return stream;
    }

    SSLIOStream connect(TlsOptions tls, String host) {
        SSLIOStream stream = open(tls);
        stream.connect(host, PORT, null, () -> events.add("connected"), this::failed);
        return stream;
    }

    void failed(int errno, String message) {
        events.add("failed " + errno + " " + message);
    }

    /** A client's end without anything over it. */
    Transport wire() {
        try {
            return simulation.network().connect(address, null, TransportOptions.defaults(), simulation.loop());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    IOStream plainClient() {
        try {
            IOStream stream = IOStream.over(wire(), simulation.loop(), StreamOptions.defaults());
            clients.add(stream);
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void record(byte[] data) {
        events.add(new String(data, UTF_8).trim());
    }
}
