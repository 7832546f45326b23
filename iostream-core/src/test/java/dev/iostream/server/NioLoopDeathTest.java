package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.BreakablePoller;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of a server when one of its loops dies. */
class NioLoopDeathTest extends RunningGroup {
    private final List<BreakablePoller> pollers = List.of(new BreakablePoller(), new BreakablePoller());

    @Override
    IOLoopGroup makeGroup() {
        return IOLoopGroup.of(pollers.get(0).loop("mortal-1"), pollers.get(1).loop("mortal-2"));
    }

    private IOLoop loop(int index) {
        return group.loops().get(index);
    }

    private void kill(int index) {
        pollers.get(index).fails(Integer.MAX_VALUE);
        until(() -> !loop(index).running());
    }

    @Test
    void aPollThatFailsOnceCostsNobodyTheirConnection() throws Exception {
        TCPServer server = server(options());
        server.listen(ANY_PORT);
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(connectAndTalk(server.localAddresses().get(0)));
        }
        pollers.forEach(poller -> poller.fails(1));
        until(() -> reported.size() == 2);
        for (SocketChannel client : clients) {
            talk(client);
        }
        connectAndTalk(server.localAddresses().get(0));
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
    }

    @Test
    void withTheLoopThatAcceptsGoesTheListenerAndTheServerSaysSo() throws Exception {
        TCPServer server = server(options());
        server.listen(ANY_PORT);
        SocketAddress address = server.localAddresses().get(0);
        SocketChannel first = connectAndTalk(address);
        SocketChannel second = connectAndTalk(address);
        kill(0);
        assertThat(server.stats().state()).isEqualTo(ServerState.STOPPED);
        assertThat(server.localAddresses()).isEmpty();
        assertThat(isRefused(address)).isTrue();
        assertThat(server.stats().streams().closed()).containsEntry(CloseReason.LOOP_DIED, 1L);
        // one of them is left, on the other loop
        long left = List.of(first, second).stream()
                .filter(client -> answers(client))
                .count();
        assertThat(left).isEqualTo(1);
        server.stop();
        server.listen(address);
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
        for (int i = 0; i < 4; i++) {
            connectAndTalk(address);
        }
    }

    private static boolean answers(SocketChannel client) {
        try {
            send("ping\n", client);
            return receive(5, client).equals("ping\n");
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Test
    void whenAnotherLoopDiesTheRestServesAllThatCome() throws Exception {
        TCPServer server = server(options());
        server.listen(ANY_PORT);
        kill(1);
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
        for (int i = 0; i < 4; i++) {
            connectAndTalk(server.localAddresses().get(0));
        }
    }

    @Test
    void withReusePortTheOtherLoopGoesOnAccepting() throws Exception {
        TCPServer server = server(options().reusePort(true));
        server.listen(ANY_PORT);
        kill(0);
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
        for (int i = 0; i < 4; i++) {
            connectAndTalk(server.localAddresses().get(0));
        }
        kill(1);
        assertThat(server.stats().state()).isEqualTo(ServerState.STOPPED);
    }

    @Test
    void whatWasOnlyBoundEndsWithItsLoopToo() throws Exception {
        TCPServer server = server(options());
        server.bind(ANY_PORT);
        assertThat(server.stats().state()).isEqualTo(ServerState.BOUND);
        kill(0);
        assertThat(server.stats().state()).isEqualTo(ServerState.STOPPED);
    }

    @Test
    void theFileOfASocketGoesWithItsLoop() throws Exception {
        var directory = Files.createTempDirectory("iostream");
        var file = directory.resolve("socket");
        TCPServer server = server(options());
        server.listen(java.net.UnixDomainSocketAddress.of(file));
        connectAndTalk(server.localAddresses().get(0));
        kill(0);
        assertThat(file).doesNotExist();
        Files.delete(directory);
    }
}
