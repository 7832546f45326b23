package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.ScriptedPoller;
import dev.iostream.loop.ScriptedSelectorProvider;
import dev.iostream.loop.ScriptedServerChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** D-39 of the original: want of descriptors made it spin, and accepting had no bound. In virtual time. */
class ServerDescriptorsTest {
    private static final String NO_DESCRIPTORS = "Too many open files";

    private final ScriptedSelectorProvider provider = new ScriptedSelectorProvider();
    private final ScriptedPoller poller = ScriptedPoller.at(0);
    private final ScriptedServerChannel channel = provider.openServerSocketChannel();
    private final List<Boolean> backingOff = new ArrayList<>();
    private final List<Long> accepted = new ArrayList<>();
    private final TCPServer server = new TCPServer(poller.loop(), stream -> {}, ServerOptions.named("poor"));

    @BeforeEach
    void listen() throws IOException {
        server.addSocket(channel);
        poller.loop().start();
        poller.duringPoll = () -> {
            backingOff.add(server.stats().backingOff());
            accepted.add(server.stats().accepted());
        };
    }

    @AfterEach
    void close() {
        poller.loop().close();
        assertThat(server.stats().connections()).isZero();
    }

    @Test
    void wantOfDescriptorsIsSeenAndPasses() {
        channel.fails(4, NO_DESCRIPTORS);
        channel.offers(provider.openSocketChannel());
        poller.loop().start();
        assertThat(backingOff).contains(true);
        assertThat(server.stats().backingOff()).isFalse();
        assertThat(server.stats().acceptFailures()).isEqualTo(4);
        assertThat(server.stats().accepted()).isEqualTo(1);
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
        assertThat(poller.polls).as("polls, for 4 failures").hasSizeLessThan(20);
    }

    @Test
    void wantOfDescriptorsTakesNoPlaceOfTheLimit() throws IOException {
        TCPServer limited = new TCPServer(
                poller.loop(),
                stream -> {},
                ServerOptions.builder("limited").maxConnections(1).build());
        ScriptedServerChannel other = provider.openServerSocketChannel();
        other.fails(3, NO_DESCRIPTORS);
        limited.addSocket(other);
        poller.loop().start();
        assertThat(limited.stats().full()).isFalse();
        other.offers(provider.openSocketChannel());
        poller.loop().start();
        assertThat(limited.stats().accepted()).isEqualTo(1);
        assertThat(limited.stats().full()).isTrue();
    }

    @Test
    void aPauseDuringTheBackOffIsKept() {
        channel.fails(1, NO_DESCRIPTORS);
        channel.offers(provider.openSocketChannel());
        poller.loop().addTimeout(java.time.Duration.ofMillis(1), server::pause);
        poller.loop().start();
        assertThat(server.stats().accepted()).isZero();
        assertThat(server.stats().backingOff()).isFalse();
        server.resume();
        poller.loop().start();
        assertThat(server.stats().accepted()).isEqualTo(1);
    }

    @Test
    void aBurstIsAcceptedInParts() {
        for (int i = 0; i < 300; i++) {
            channel.offers(provider.openSocketChannel());
        }
        poller.loop().start();
        assertThat(accepted).contains(0L, 128L, 256L).doesNotHaveDuplicates();
        assertThat(server.stats().accepted()).isEqualTo(300);
    }
}
