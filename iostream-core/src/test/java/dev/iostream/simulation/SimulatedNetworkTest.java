package dev.iostream.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {
    /** As many as one address has ports that are given out. */
    private static final int PORTS = 65_536 - 49_152;

    @Test
    void whenOneAddressHasNoPortsLeftTheNextOneIsUsed() {
        var simulation = new Simulation(Link.perfect());
        Set<SocketAddress> used = new HashSet<>();
        for (int i = 0; i < PORTS; i++) {
            Simulation.Peers peers = simulation.connect();
            used.add(peers.client().localAddress());
            used.add(peers.server().localAddress());
            peers.client().abort();
            peers.server().abort();
        }
        assertThat(used).hasSize(2 * PORTS);
        assertThat(used)
                .extracting(address -> ((InetSocketAddress) address).getHostString())
                .containsOnly("127.0.0.1", "127.0.0.2");
        simulation.loop().close();
    }
}
