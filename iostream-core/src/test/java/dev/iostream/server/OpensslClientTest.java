package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Eventually;
import dev.iostream.Program;
import dev.iostream.event.CloseReason;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers whose client is another implementation of TLS: OpenSSL's, as its command line. */
class OpensslClientTest extends InteropHarness {
    @BeforeAll
    static void requireProgram() throws InterruptedException {
        Program.require("openssl", "version");
    }

    private Program openssl(TCPServer server, String... arguments) throws IOException {
        List<String> command = List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port(server),
                "-CAfile",
                CA.certificatePem(folder).toString());
        return run(list(command, arguments));
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
    void isServed(String version, String protocol) throws IOException {
        TCPServer server = echo(serverOptions().applicationProtocols("echo"));
        Program client = openssl(
                server,
                version,
                "-servername",
                "localhost",
                "-verify_return_error",
                "-verify_hostname",
                "localhost",
                "-alpn",
                "other,echo");
        client.lineWith("New, " + protocol);
        client.lineWith("ALPN protocol: echo");
        client.lineWith("Verify return code: 0 (ok)");
        client.say("hello openssl").lineWith("hello openssl");
        // the end of its input makes it send close_notify
        client.endInput();
        assertThat(client.waitFor()).isZero();
        Eventually.eventually("ended", () -> server.stats().closed(CloseReason.PEER_END) == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void isKnownByItsCertificate(String version) throws IOException {
        TlsOptions tls = TlsOptions.server(SslContexts.server(certificate.key(), CA.trust()))
                .clientAuth(ClientAuth.NEED);
        TCPServer server = echo(tls);
        Program known = openssl(
                server,
                version,
                "-brief",
                "-cert",
                me.certificatePem(folder).toString(),
                "-key",
                me.keyPem(folder).toString());
        known.say("it is me").lineWith("it is me");
        openssl(server, version, "-brief").lineWith("alert");
        Eventually.eventually(
                () -> server.stats().accepted() == 2 && server.stats().connections() == 1,
                () -> server.stats().toString());
        assertThat(server.stats().active()).isEqualTo(1);
    }

    @Test
    void isShownTheCertificateOfTheNameThatItAsksFor() throws IOException {
        TCPServer server = echo(serverOptions()
                .sniContexts(Map.of(
                        "*.b.example",
                        SslContexts.server(CA.issue("wild").create().key()))));
        openssl(server, "-servername", "a.b.example").lineWith("subject=CN = wild");
        openssl(server, "-servername", "b.example").lineWith("subject=CN = server");
        openssl(server, "-noservername").lineWith("subject=CN = server");
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
    void resumesItsSessionUntilTheContextChanges(String version, String protocol) throws IOException {
        TCPServer server = echo(serverOptions());
        Path session = folder.resolve("session");
        talk(openssl(server, version, "-sess_out", session.toString()), "New, " + protocol);
        talk(openssl(server, version, "-sess_in", session.toString()), "Reused, " + protocol);
        server.reload(SslContexts.server(certificate.key()));
        talk(openssl(server, version, "-sess_in", session.toString()), "New, " + protocol);
    }

    private static void talk(Program client, String words) throws IOException {
        client.lineWith(words);
        client.say("hello").lineWith("hello");
        client.endInput();
        assertThat(client.waitFor()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void doesNotResumeTheSessionOfAnotherName(String version) throws IOException {
        TCPServer server = echo(serverOptions()
                .sniContexts(Map.of(
                        "other.example",
                        SslContexts.server(CA.issue("other").create().key()))));
        Path session = folder.resolve("session");
        talk(openssl(server, version, "-servername", "localhost", "-sess_out", session.toString()), "New, ");
        talk(openssl(server, version, "-servername", "other.example", "-sess_in", session.toString()), "New, ");
        talk(openssl(server, version, "-servername", "localhost", "-sess_in", session.toString()), "Reused, ");
    }

    @Test
    void mayTakeNewKeysNowAndThenButNotForEver() throws IOException {
        TCPServer server = echo(serverOptions());
        Program client = openssl(server, "-tls1_3");
        for (int i = 0; i < 64; i++) {
            // it sends them with what it sends next
            client.say("K").lineWith("KEYUPDATE");
            client.say("after " + i).lineWith("after " + i);
        }
        client.say("K").lineWith("KEYUPDATE");
        client.sayIfRunning("once too often").lineWith("alert");
        Eventually.eventually("ended", () -> server.stats().closed(CloseReason.TLS_FAILED) == 1);
    }

    @Test
    void isRefusedARenegotiation() throws IOException {
        TCPServer server = echo(serverOptions());
        Program client = openssl(server, "-tls1_2");
        client.say("hello").lineWith("hello");
        client.say("R").lineWith("RENEGOTIATING");
        client.lineWith("alert");
        assertThat(client.waitFor()).isNotZero();
        Eventually.eventually("ended", () -> server.stats().closed(CloseReason.TLS_FAILED) == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void sendsMuch(String version) throws IOException {
        var received = new AtomicLong();
        TCPServer server = sink(received);
        Program client = openssl(server, version, "-quiet");
        client.sayMuch(MUCH);
        client.lineWith("all");
        assertThat(received).hasValue(MUCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void receivesMuch(String version) throws IOException {
        TCPServer server = source();
        Program client = openssl(server, version, "-quiet");
        client.waitFor();
        hasMuch(client);
        Eventually.eventually("closed", () -> server.stats().closed(CloseReason.LOCAL) == 1);
    }
}
