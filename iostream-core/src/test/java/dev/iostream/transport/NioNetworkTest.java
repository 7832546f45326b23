package dev.iostream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.loop.ScriptedChannel;
import dev.iostream.loop.ScriptedPoller;
import dev.iostream.loop.ScriptedSelectorProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Listening on systems that lack something. */
class NioNetworkTest {
    private static final SocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final ScriptedSelectorProvider provider = new ScriptedSelectorProvider();
    private final ScriptedPoller poller = ScriptedPoller.at(0);
    private final Network network = new NioNetwork(provider);

    @AfterEach
    void close() {
        poller.loop().close();
        assertThat(provider.descriptors()).isZero();
    }

    @Test
    void reusePortIsRefusedWhereTheSystemHasNone() {
        var options = new ListenOptions(16, true, null, Set.of(), TransportOptions.defaults());
        assertThatThrownBy(() -> network.listen(ANY_PORT, options, poller.loop(), () -> null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SO_REUSEPORT")
                .hasMessageContaining("listen without it");
    }

    @Test
    void aNameThatIsNotResolvedIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> network.listen(
                        InetSocketAddress.createUnresolved("somewhere", 9),
                        ListenOptions.backlog(16),
                        poller.loop(),
                        () -> null))
                .withMessageContaining("somewhere:9");
    }

    @Test
    void anAcceptorWithoutSlotsAcceptsNothingUntilItIsToldToTryAgain() throws Exception {
        var channel = provider.openServerSocketChannel();
        var asked = new int[1];
        Acceptor acceptor = Network.over(channel, ListenOptions.backlog(16), poller.loop(), () -> {
            asked[0]++;
            return null;
        });
        ScriptedChannel waiting = provider.openSocketChannel();
        channel.offers(waiting);
        poller.loop().start();
        assertThat(asked[0]).as("while it is paused").isZero();
        acceptor.resume();
        poller.loop().start();
        assertThat(asked[0]).isEqualTo(1);
        acceptor.retry();
        poller.loop().start();
        assertThat(asked[0]).isEqualTo(2);
        assertThat(channel.accepts()).isZero();
        waiting.close();
        acceptor.close();
        poller.loop().start();
    }
}
