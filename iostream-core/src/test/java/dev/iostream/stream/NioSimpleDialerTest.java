package dev.iostream.stream;

import static dev.iostream.Eventually.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a dial of {@link IOSimple} needs beside its peer, when it cannot be had. Over sockets of the system. */
@Timeout(60)
class NioSimpleDialerTest {
    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "javax.net.ssl.trustStorePassword";

    private final List<IOLoopGroup> groups = new ArrayList<>();
    private final Deque<RuntimeException> misfortunes = new ArrayDeque<>();
    private final SimpleDialer dialer = new SimpleDialer(this::group);
    private ServerSocket listener;

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        groups.forEach(IOLoopGroup::close);
        listener.close();
        System.clearProperty(STORE);
        System.clearProperty(PASSWORD);
    }

    private IOLoopGroup group() {
        RuntimeException misfortune = misfortunes.poll();
        if (misfortune != null) {
            throw misfortune;
        }
        IOLoopGroup group = IOLoopGroup.of(1, "dialer-");
        groups.add(group);
        return group;
    }

    private String url(String scheme) {
        return scheme + "://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    private AsyncIOStream dial(String scheme) throws IOException {
        return dialer.dial(url(scheme), StreamOptions.defaults());
    }

    private void assertNoTrust(String why) {
        assertThatThrownBy(() -> dial("tls"))
                .isInstanceOfSatisfying(DialException.class, failure -> {
                    assertThat(failure.errno()).isEqualTo(Errno.TLS);
                    assertThat(failure.reason()).isEqualTo(CloseReason.TLS_FAILED);
                })
                .hasMessageContaining(url("tls"))
                .hasMessageContaining(why)
                .hasMessageContaining(STORE);
    }

    @Test
    void aTrustStoreThatCannotBeReadFailsEachDialUntilItCan() throws Exception {
        System.setProperty(
                STORE, Files.write(folder.resolve("damaged"), new byte[] {1}).toString());
        assertNoTrust("could not be read: java.io.");

        // another file, since the JDK does not read one that has failed once more when it remembers an earlier one
        Path store = folder.resolve("store.p12");
        var empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        try (var out = Files.newOutputStream(store)) {
            empty.store(out, "secret".toCharArray());
        }
        System.setProperty(STORE, store.toString());
        System.setProperty(PASSWORD, "wrong");
        assertNoTrust("could not be read: java.io.IOException: ");

        System.clearProperty(STORE);
        System.clearProperty(PASSWORD);
        listener.close();
        assertThatThrownBy(() -> dial("tls"))
                .isInstanceOfSatisfying(
                        DialException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.ECONNREFUSED));
    }

    @Test
    void aLoopThatCannotBeMadeFailsThatDialAndTheNextTriesAgain() throws Exception {
        misfortunes.add(new UncheckedIOException(
                "Could not open a selector: Too many open files", new IOException("Too many open files")));
        assertThatThrownBy(() -> dial("tcp"))
                .isInstanceOfSatisfying(
                        DialException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.EMFILE))
                .hasMessageContaining(url("tcp"))
                .hasMessageContaining("Could not open a selector");
        assertCarries(dial("tcp"));
    }

    @Test
    void aLoopThatHasEndedIsReplaced() throws Exception {
        IOLoop first = dial("tcp").stream().loop();
        listener.accept().close();
        groups.get(0).close();
        AsyncIOStream second = dial("tcp");
        assertThat(second.stream().loop()).isNotSameAs(first);
        assertCarries(second);
        assertThat(groups).hasSize(2);
    }

    private void assertCarries(AsyncIOStream stream) throws Exception {
        try (var peer = listener.accept()) {
            peer.getOutputStream().write("line\n".getBytes());
            assertThat(stream.readUntil("\n").get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo("line\n".getBytes());
        }
    }
}
