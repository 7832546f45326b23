package dev.iostream.server;

import static dev.iostream.Eventually.LIMIT;
import static dev.iostream.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** After everything is closed nothing is left: no thread and no descriptor. */
class NioEndingsTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String NAME = "endings-test-";

    private static long descriptors() {
        try (var all = Files.list(DESCRIPTORS)) {
            return all.count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(NAME))
                .count();
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    /** Serves connections, of which some end in time, some with a reset and some only when the group closes. */
    private static void serveAndClose(int connections) throws IOException {
        var group = IOLoopGroup.of(2, NAME);
        group.start();
        var server = new TCPServer(group, NioEndingsTest::echo, ServerOptions.named("endings"));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var address = (InetSocketAddress) server.localAddresses().get(0);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            var client = new Socket(address.getAddress(), address.getPort());
            client.setSoTimeout((int) LIMIT.toMillis());
            clients.add(client);
            client.getOutputStream().write("x\n".getBytes(UTF_8));
            assertThat(client.getInputStream().readNBytes(2)).hasSize(2);
            if (i % 3 == 0) {
                client.close();
            } else if (i % 3 == 1) {
                client.setSoLinger(true, 0);
                client.close();
            }
        }
        server.close();
        group.close();
        for (Socket client : clients) {
            client.close();
        }
        assertThat(server.stats().active()).isZero();
        assertThat(server.stats().opened()).isEqualTo(connections);
    }

    @Test
    void noThreadIsLeft() throws IOException {
        serveAndClose(30);
        assertThat(threads()).isZero();
    }

    @Test
    void noDescriptorIsLeft() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "this system does not list the descriptors of a process");
        serveAndClose(30);
        long before = descriptors();
        for (int i = 0; i < 5; i++) {
            serveAndClose(30);
        }
        eventually(() -> descriptors() <= before, () -> descriptors() + " descriptors instead of " + before);
    }

    @Test
    void aThousandGroupsLeaveNoThreadAndNoDescriptor() {
        boolean listed = Files.isDirectory(DESCRIPTORS);
        startAndClose();
        long before = listed ? descriptors() : 0;
        for (int i = 0; i < 1000; i++) {
            startAndClose();
        }
        assertThat(threads()).isZero();
        if (listed) {
            eventually(() -> descriptors() <= before, () -> descriptors() + " descriptors instead of " + before);
        }
    }

    private static void startAndClose() {
        var group = IOLoopGroup.of(2, NAME);
        group.start();
        group.close();
    }

    @Test
    void aGroupThatNeverStartedLeavesNoDescriptor() {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "this system does not list the descriptors of a process");
        IOLoopGroup.of(2, NAME).close();
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            IOLoopGroup.of(2, NAME).close();
        }
        eventually(() -> descriptors() <= before, () -> descriptors() + " descriptors instead of " + before);
    }
}
