package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Options for both ends of tests that all use the same certificates, and streams with them. */
final class TlsPairs {
    private static final SSLContext CLIENT = TestCertificates.client();
    private static final SSLContext SERVER = TestCertificates.server();

    /** A wire that ends without close_notify breaks the connection off as a reset does. */
    static final Set<CloseReason> BROKEN_OFF = Set.of(CloseReason.PEER_RESET, CloseReason.TLS_TRUNCATED);

    private TlsPairs() {}

    static TlsOptions client(String... protocols) {
        return TlsOptions.client(CLIENT).serverName("localhost").protocols(protocols);
    }

    static TlsOptions server(String... protocols) {
        return TlsOptions.server(SERVER).protocols(protocols);
    }

    /** TLS of that version over two ends of a connection. */
    static StreamHarness.Pair over(
            Transport near, Transport far, String protocol, IOLoop loop, StreamOptions client, StreamOptions server)
            throws IOException {
        return new StreamHarness.Pair(
                SSLIOStream.over(near, client(protocol), loop, client),
                SSLIOStream.over(far, server(protocol), loop, server));
    }

    /** Whether both have ended the handshake, which is to be waited for. */
    static boolean secured(StreamHarness.Pair pair) {
        assertThat(pair.client().error()).isNull();
        assertThat(pair.server().error()).isNull();
        return pair.client().info().state().equals("OPEN")
                && pair.server().info().state().equals("OPEN");
    }
}
