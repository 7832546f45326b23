package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** Servers on loops that do not run yet. */
class NioServerStartTest extends RunningGroup {
    @Override
    boolean startsAtOnce() {
        return false;
    }

    @Test
    void connectionsWaitUntilTheLoopsRun() throws Exception {
        TCPServer server = server(options());
        server.listen(ANY_PORT);
        SocketChannel client = connect(server);
        send("ping\n", client);
        assertThat(served).isEmpty();

        group.start();

        assertThat(receive(5, client)).isEqualTo("ping\n");
    }

    @Test
    void aServerThatIsStoppedBeforeTheLoopsRunNeverAccepts() throws Exception {
        TCPServer server = server(options());
        server.listen(ANY_PORT);
        SocketChannel client = connect(server);
        server.stop();

        group.start();

        assertThat(hasEnded(client)).isTrue();
        assertThat(served).isEmpty();
    }
}
