package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Servers at Unix-domain sockets, and what becomes of the files. */
@DisabledOnOs(OS.WINDOWS)
class UnixServerTest extends RunningGroup {
    @TempDir
    Path directory;

    private Path path;
    private SocketAddress address;

    @BeforeEach
    void choosePath() {
        path = directory.resolve("s");
        address = UnixDomainSocketAddress.of(path);
    }

    private TCPServer listening(ServerOptions.Builder options) {
        TCPServer server = server(options);
        server.listen(address);
        return server;
    }

    /** What a process leaves that dies while it listens. */
    private void leaveStaleSocket() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(address);
        }
        assertThat(exists()).isTrue();
    }

    private boolean exists() {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    // ---- serving

    @Test
    void servesThereAsElsewhere() throws Exception {
        TCPServer server = listening(options());
        connectAndTalk(address);
        assertThat(server.localAddresses()).containsExactly(address);
        assertThat(server.streams(1).get(10, TimeUnit.SECONDS).get(0).local()).isEqualTo(address);
    }

    @Test
    void servesBesideInternetAddresses() throws Exception {
        TCPServer server = server(options());
        server.listen(address, ANY_PORT);
        for (SocketAddress each : server.localAddresses()) {
            connectAndTalk(each);
        }
    }

    @Test
    void optionsOfTcpAreIgnored() throws Exception {
        listening(options()
                .reusePort(true)
                .transport(TransportOptions.defaults().keepAlive(true).noDelay(true)));
        connectAndTalk(address);
    }

    @Test
    void connectionsAboveTheLimitOfTheirUserAreClosedAtOnce() throws Exception {
        TCPServer server = listening(options().maxConnectionsPerPeer(2));
        SocketChannel first = connectAndTalk(address);
        connectAndTalk(address);

        assertThat(hasEnded(connect(address))).isTrue();

        assertThat(server.stats().rejected(CloseReason.CONNECTION_LIMIT)).isEqualTo(1);
        first.close();
        until(() -> server.stats().connections() == 1);
        connectAndTalk(address);
    }

    // ---- the file

    @Test
    void onlyTheOwnerMayConnect() throws Exception {
        listening(options());
        assertThat(mode()).isEqualTo("rw-------");
    }

    @Test
    void theModeCanBeWider() throws Exception {
        listening(options().fileMode("rw-rw----"));
        assertThat(mode()).isEqualTo("rw-rw----");
    }

    @Test
    void theFileGoesWithTheStop() throws Exception {
        TCPServer server = listening(options());
        connectAndTalk(address);
        server.stop();
        assertThat(exists()).isFalse();
        server.listen(address);
        connectAndTalk(address);
    }

    @Test
    void theFileGoesWithTheDrain() throws Exception {
        TCPServer server = listening(options());
        SocketChannel client = connectAndTalk(address);
        var drained = server.drain(LONG);
        assertThat(hasEnded(client)).isTrue();
        client.close();
        assertThat(drained.get(30, TimeUnit.SECONDS)).isEqualTo(new Drained(1, 0));
        assertThat(exists()).isFalse();
    }

    @Test
    void aFileThatIsNotItsOwnAnyMoreIsLeftAlone() throws Exception {
        TCPServer server = listening(options());
        Files.delete(path);
        TCPServer other = server(ServerOptions.builder("other"));
        other.listen(address);

        server.stop();

        connectAndTalk(address);
        assertThat(other.stats().accepted()).isEqualTo(1);
    }

    @Test
    void aFileOfAnotherKindThatHasTakenItsPlaceIsLeftAlone() throws Exception {
        TCPServer server = listening(options());
        Files.delete(path);
        Files.writeString(path, "precious");
        server.stop();
        assertThat(path).hasContent("precious");
    }

    // ---- what was there before

    @Test
    void aSocketThatADeadProcessHasLeftIsReplaced() throws Exception {
        leaveStaleSocket();
        listening(options());
        connectAndTalk(address);
    }

    @Test
    void aSocketThatSomebodyListensAtIsInUse() throws Exception {
        TCPServer living = listening(options());
        TCPServer late = server(ServerOptions.builder("late"));
        assertThatThrownBy(() -> late.listen(address))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("late")
                .hasMessageContaining("already in use")
                .hasMessageContaining(path.toString());
        connectAndTalk(address);
        until(() -> living.stats().connections() == 1);
    }

    @Test
    void aFileIsNotRemoved() throws Exception {
        Files.writeString(path, "precious");
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(address))
                .hasMessageContaining("file")
                .hasMessageContaining("not removed")
                .hasMessageContaining(path.toString());
        assertThat(path).hasContent("precious");
    }

    @Test
    void aDirectoryIsNotRemoved() throws Exception {
        Files.createDirectory(path);
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(address)).hasMessageContaining("directory");
        assertThat(path).isDirectory();
    }

    @Test
    void aLinkIsNeitherFollowedNorRemoved() throws Exception {
        leaveStaleSocket();
        Path link = Files.createSymbolicLink(directory.resolve("l"), path);
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(UnixDomainSocketAddress.of(link)))
                .hasMessageContaining("symbolic link");
        assertThat(link).isSymbolicLink();
        assertThat(exists()).as("what it leads to").isTrue();
    }

    @Test
    void aDirectoryThatAllMayWriteToIsWarnedOf() throws Exception {
        var warnings = new CopyOnWriteArrayList<String>();
        var logger = Logger.getLogger("dev.iostream.transport.SocketFile");
        Filter filter = logged -> warnings.add(logged.getMessage());
        logger.setFilter(filter);
        try {
            listening(options()).stop();
            assertThat(warnings).as("of the owner's directory").isEmpty();
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            listening(options().backlog(1)).stop();
        } finally {
            logger.setFilter(null);
        }
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(path.toString())
                .contains("writable to all");
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithItsLength() {
        TCPServer server = server(options());
        Path tooLong = Path.of("/", "x".repeat(107));
        assertThatThrownBy(() -> server.listen(UnixDomainSocketAddress.of(tooLong)))
                .hasMessageContaining("had 108")
                .hasMessageContaining("107");
    }

    @Test
    void anEmptyPathIsRefused() {
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(UnixDomainSocketAddress.of(""))).hasMessageContaining("1 to");
    }

    @Test
    void aDirectoryThatIsNotThereIsRefused() {
        TCPServer server = server(options());
        Path lost = directory.resolve("no").resolve("s");
        assertThatThrownBy(() -> server.listen(UnixDomainSocketAddress.of(lost)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(lost.toString());
    }

    @Test
    void nothingOfTheCallRemainsWhenALaterAddressFails() {
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(address, new InetSocketAddress("192.0.2.1", 0)))
                .isInstanceOf(UncheckedIOException.class);
        until(() -> !exists());
        assertThat(server.localAddresses()).isEmpty();
    }
}
