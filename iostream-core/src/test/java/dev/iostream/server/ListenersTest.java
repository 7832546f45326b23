package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.ListenOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Slots;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several addresses that are to have one port, where others have taken ports before. */
class ListenersTest {
    private static final InetSocketAddress FIRST = new InetSocketAddress("127.0.0.1", 0);
    private static final InetSocketAddress SECOND = new InetSocketAddress("127.0.0.2", 0);

    private final Simulation simulation = new Simulation(Link.perfect());
    private final Crowded network = new Crowded();
    private final TCPServer server = new TCPServer(
            simulation.loop(), stream -> {}, ServerOptions.named("crowded").network(network));

    /** A network where the chosen port is taken at the second address, so many times. */
    private final class Crowded implements Network {
        private final List<SocketAddress> asked = new ArrayList<>();
        private int taken;
        private String message = "Address already in use";

        @Override
        public Transport connect(SocketAddress address, SocketAddress source, TransportOptions options, IOLoop loop) {
            throw new UnsupportedOperationException("connect");
        }

        @Override
        public Acceptor listen(SocketAddress address, ListenOptions options, IOLoop loop, Slots slots)
                throws IOException {
            asked.add(address);
            if (((InetSocketAddress) address).getAddress().equals(SECOND.getAddress()) && taken-- > 0) {
                throw new BindException(message);
            }
            return simulation.network().listen(address, options, loop, slots);
        }
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    @Test
    void anotherPortIsTriedWhenTheChosenOneIsTaken() {
        network.taken = 3;
        server.listen(FIRST, SECOND);
        assertThat(network.asked).hasSize(8);
        assertThat(server.localAddresses()).hasSize(2);
        assertThat(port(server.localAddresses().get(1)))
                .isEqualTo(port(server.localAddresses().get(0)));
        for (int i = 0; i < 3; i++) {
            InetSocketAddress given = new InetSocketAddress(FIRST.getAddress(), port(network.asked.get(2 * i + 1)));
            assertThatThrownBy(() -> simulation.connect(given, dev.iostream.stream.StreamOptions.defaults()))
                    .as("the port of an earlier try is free again")
                    .hasMessageContaining("refused");
        }
    }

    @Test
    void notForEver() {
        network.taken = Integer.MAX_VALUE;
        assertThatThrownBy(() -> server.listen(FIRST, SECOND))
                .hasMessageContaining("crowded")
                .hasMessageContaining("16 tries");
        assertThat(network.asked).hasSize(32);
        assertThat(server.localAddresses()).isEmpty();
    }

    @Test
    void anotherFailureIsNotTriedAgain() {
        network.taken = 1;
        network.message = "Permission denied";
        assertThatThrownBy(() -> server.listen(FIRST, SECOND)).hasMessageContaining("Permission denied");
        assertThat(network.asked).hasSize(2);
        assertThat(server.localAddresses()).isEmpty();
    }

    @Test
    void aPortThatWasAskedForIsNotExchanged() {
        network.taken = 1;
        var asked = new InetSocketAddress(SECOND.getAddress(), 7);
        assertThatThrownBy(() -> server.listen(FIRST, asked)).hasMessageContaining("already in use");
        assertThat(network.asked).hasSize(2);
    }
}
