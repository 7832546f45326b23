package dev.iostream.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.Eventually;
import dev.iostream.Program;
import dev.iostream.event.CloseReason;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.proxy.ProxySsl;
import dev.iostream.proxy.ProxyTlv;
import dev.iostream.stream.IOStream;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers behind the proxy of those who have specified the protocol. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HaproxyInteropTest extends RunningGroup {
    private static final TestCertificates CA = TestCertificates.CA;
    /** How often another port is tried, since one that was free may be taken before the proxy has it. */
    private static final int TRIES = 5;

    private static final int LIMIT_MILLIS = (int) LONG.toMillis();

    @TempDir
    private Path folder;

    private Program haproxy;
    private InetSocketAddress front;

    @BeforeAll
    static void requireHaproxy() throws InterruptedException {
        Program.require("haproxy", "-v");
    }

    @AfterEach
    void stopHaproxy() {
        if (haproxy != null) {
            haproxy.close();
        }
    }

    private TCPServer behindHaproxy(ServerOptions.Builder options) {
        TCPServer server =
                server(options.admission(Admission.defaults().proxyProtocol(ProxyProtocol.from("127.0.0.1"))));
        server.listen(ANY_PORT);
        return server;
    }

    /** Starts the proxy with one front, at {@code host}, and waits until it listens there. */
    private void proxy(InetAddress host, String bind, TCPServer server, String send) throws Exception {
        String back = "127.0.0.1:" + port(server.localAddresses().get(0));
        for (int tries = 1; ; tries++) {
            front = new InetSocketAddress(host, freePort(host));
            String address = host instanceof java.net.Inet6Address ? "[::1]" : "127.0.0.1";
            Path configuration = folder.resolve("haproxy.cfg");
            Files.writeString(
                    configuration,
                    String.join(
                            "\n",
                            "global",
                            "    maxconn 100",
                            "defaults",
                            "    mode tcp",
                            "    timeout connect 10s",
                            "    timeout client 30s",
                            "    timeout server 30s",
                            "listen front",
                            "    bind " + address + ":" + front.getPort() + " " + bind,
                            "    server back " + back + " " + send,
                            ""));
            haproxy = Program.start(folder, List.of("haproxy", "-db", "-f", configuration.toString()));
            Eventually.eventually(() -> !haproxy.isRunning() || accepts(front), haproxy::output);
            if (haproxy.isRunning()) {
                return;
            }
            assertThat(tries).as(haproxy::output).isLessThan(TRIES);
            haproxy.close();
        }
    }

    private static int freePort(InetAddress host) throws IOException {
        try (var probe = new ServerSocket(0, 1, host)) {
            return probe.getLocalPort();
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void talk(Socket socket) throws IOException {
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.getOutputStream().write("ping\n".getBytes(US_ASCII));
        assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("ping\n".getBytes(US_ASCII));
    }

    /** The stream of that client: the probes that waited for the proxy are served as well. */
    private IOStream streamOf(SocketAddress client) {
        List<IOStream> streams = served.stream()
                .filter(stream -> client.equals(stream.remoteAddress()))
                .toList();
        assertThat(streams).hasSize(1);
        return streams.get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"})
    void theClientOfTheProxyIsSeen(String send) throws Exception {
        TCPServer server = behindHaproxy(options());
        proxy(LOOPBACK, "", server, send);
        try (var client = new Socket(front.getAddress(), front.getPort())) {
            talk(client);
            IOStream stream = streamOf(client.getLocalSocketAddress());
            assertThat(stream.localAddress()).isEqualTo(front);
            ProxyHeader header = stream.attribute(ProxyHeader.class);
            assertThat(header.tlv(ProxyTlv.CRC32C) != null).isEqualTo(send.endsWith("crc32c"));
        }
        assertThat(server.stats().rejected()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    void aClientOfIpv6IsSeen(String send) throws Exception {
        assumeTrue(hasIPv6());
        TCPServer server = behindHaproxy(options());
        proxy(InetAddress.getByName("::1"), "", server, send);
        try (var client = new Socket(front.getAddress(), front.getPort())) {
            talk(client);
            assertThat(streamOf(client.getLocalSocketAddress()).localAddress()).isEqualTo(front);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    void tlsThatIsPassedThroughComesBehindTheHeader(String send) throws Exception {
        TCPServer server = behindHaproxy(options().tls(TlsOptions.server(TestCertificates.server())));
        proxy(LOOPBACK, "", server, send);
        try (SSLSocket client = secured(TestCertificates.client())) {
            talk(client);
            assertThat(streamOf(client.getLocalSocketAddress()).localAddress()).isEqualTo(front);
        }
    }

    private SSLSocket secured(SSLContext context) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", front.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("www.example.org")));
        parameters.setApplicationProtocols(new String[] {"echo"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void whatTheProxyKnowsOfTheClientsTlsIsTold() throws Exception {
        TestCertificates certificate =
                CA.issue("front").dns("localhost").ip("127.0.0.1").create();
        TestCertificates own = CA.issue("till 7").create();
        Path pem = folder.resolve("front.pem");
        Files.writeString(
                pem,
                Files.readString(certificate.certificatePem(folder)) + Files.readString(certificate.keyPem(folder)));
        TCPServer server = behindHaproxy(options());
        proxy(
                LOOPBACK,
                "ssl crt " + pem + " ca-file " + CA.certificatePem(folder) + " verify optional alpn echo",
                server,
                "send-proxy-v2 proxy-v2-options ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,crc32c");
        try (SSLSocket known = secured(SslContexts.client(CA.trust(), own.key()));
                SSLSocket unknown = secured(TestCertificates.client())) {
            talk(known);
            talk(unknown);

            ProxyHeader header = streamOf(known.getLocalSocketAddress()).attribute(ProxyHeader.class);
            assertThat(header.authority()).isEqualTo("www.example.org");
            assertThat(header.applicationProtocol()).isEqualTo("echo");
            ProxySsl ssl = header.ssl();
            assertThat(ssl.tls()).isTrue();
            assertThat(ssl.certificate()).isTrue();
            assertThat(ssl.verified()).isTrue();
            assertThat(ssl.version()).isEqualTo(known.getSession().getProtocol());
            assertThat(ssl.commonName()).isEqualTo("till 7");
            assertThat(ssl.cipher()).isNotEmpty();
            assertThat(ssl.signatureAlgorithm()).isNotEmpty();
            assertThat(ssl.keyAlgorithm()).isNotEmpty();

            ProxySsl other = streamOf(unknown.getLocalSocketAddress())
                    .attribute(ProxyHeader.class)
                    .ssl();
            assertThat(other.tls()).isTrue();
            assertThat(other.certificate()).isFalse();
            assertThat(other.verified()).isFalse();
            assertThat(other.commonName()).isNull();
        }
    }

    @Test
    void theProxyMayLookWhetherTheServerIsWell() throws Exception {
        TCPServer server = behindHaproxy(options());
        proxy(LOOPBACK, "", server, "send-proxy-v2 check check-send-proxy inter 50ms");
        Eventually.eventually(
                () -> served.stream()
                                .filter(stream -> ProxyHeader.ofLocal().equals(stream.attribute(ProxyHeader.class)))
                                .count()
                        >= 3,
                haproxy::output);
        assertThat(server.stats().rejected()).isEmpty();
        assertThat(haproxy.output()).doesNotContain("DOWN");
    }

    @Test
    void aProxyThatDoesNotSpeakTheProtocolIsRefused() throws Exception {
        TCPServer server = behindHaproxy(options());
        proxy(LOOPBACK, "", server, "");
        try (var client = new Socket(front.getAddress(), front.getPort())) {
            client.setSoTimeout(LIMIT_MILLIS);
            client.getOutputStream().write("ping\n".getBytes(US_ASCII));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        until(() -> server.stats().rejected(CloseReason.PROXY_PROTOCOL) == 1);
        assertThat(served).isEmpty();
    }

    /** What this library sends is read by the proxy, and told on. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void headersOfOursAreReadByTheProxy(boolean text) throws Exception {
        TCPServer server = behindHaproxy(options());
        proxy(LOOPBACK, "accept-proxy", server, "send-proxy-v2");
        ProxyHeader header = ProxyHeader.of(
                        new InetSocketAddress("2001:db8::1", 51234), new InetSocketAddress("2001:db8::2", 443))
                .with(ProxyTlv.of(ProxyTlv.AUTHORITY, "www.example.org"))
                .with(ProxyTlv.checksum());
        try (var client = new Socket(front.getAddress(), front.getPort())) {
            client.getOutputStream().write(text ? header.encodeV1() : header.encodeV2());
            talk(client);
            assertThat(streamOf(header.source()).localAddress()).isEqualTo(header.destination());
        }
    }
}
