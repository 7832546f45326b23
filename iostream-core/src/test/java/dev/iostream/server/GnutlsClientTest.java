package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Eventually;
import dev.iostream.Program;
import dev.iostream.event.CloseReason;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers whose client is GnuTLS's command line. */
class GnutlsClientTest extends InteropHarness {
    @BeforeAll
    static void requireProgram() throws InterruptedException {
        Program.require("gnutls-cli", "--version");
    }

    private Program gnutls(TCPServer server, String version, String... arguments) throws IOException {
        List<String> command = List.of(
                "gnutls-cli",
                "--port",
                Integer.toString(port(server)),
                "--x509cafile",
                CA.certificatePem(folder).toString(),
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS" + version,
                "--inline-commands",
                "127.0.0.1");
        return run(list(command, arguments));
    }

    private static Program talk(Program client) throws IOException {
        client.lineWith("Handshake was completed");
        client.say("hello gnutls").lineWith("hello gnutls");
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void isServed(String version) throws IOException {
        TCPServer server = echo(serverOptions().applicationProtocols("echo"));
        Program client = gnutls(server, version, "--verify-hostname", "localhost", "--alpn", "echo");
        client.lineWith("The certificate is trusted");
        client.lineWith("TLS" + version);
        client.lineWith("Application protocol: echo");
        talk(client).endInput();
        assertThat(client.waitFor()).isZero();
        Eventually.eventually("ended", () -> server.stats().closed(CloseReason.PEER_END) == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void isKnownByItsCertificate(String version) throws IOException {
        TCPServer server = echo(TlsOptions.server(SslContexts.server(certificate.key(), CA.trust()))
                .clientAuth(ClientAuth.NEED));
        talk(gnutls(
                server,
                version,
                "--x509certfile",
                me.certificatePem(folder).toString(),
                "--x509keyfile",
                me.keyPem(folder).toString()));
        Program unknown = gnutls(server, version);
        unknown.lineWith("alert");
        assertThat(unknown.waitFor()).isNotZero();
    }

    @Test
    void isShownTheCertificateOfTheNameThatItAsksFor() throws IOException {
        TCPServer server = echo(serverOptions()
                .sniContexts(Map.of(
                        "*.b.example",
                        SslContexts.server(
                                CA.issue("wild").dns("*.b.example").create().key()))));
        gnutls(server, "1.3", "--sni-hostname", "a.b.example", "--verify-hostname", "a.b.example")
                .lineWith("subject `CN=wild'");
        gnutls(server, "1.3", "--sni-hostname", "b.example").lineWith("subject `CN=server'");
        gnutls(server, "1.3", "--disable-sni").lineWith("subject `CN=server'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void resumesItsSession(String version) throws IOException {
        TCPServer server = echo(serverOptions());
        Program client = talk(gnutls(server, version));
        client.say("^resume^").lineWith("This is a resumed session");
        client.say("hello again").lineWith("hello again");
    }

    @Test
    void mayTakeNewKeys() throws IOException {
        TCPServer server = echo(serverOptions());
        Program client = talk(gnutls(server, "1.3"));
        // it accepts few answers in a row itself, so how many the server does is for others to try
        for (int i = 0; i < 5; i++) {
            client.say("^rekey^").lineWith("Rekey was completed");
            client.say("after " + i).lineWith("after " + i);
        }
        assertThat(server.stats().closed(CloseReason.TLS_FAILED)).isZero();
    }

    @Test
    void isRefusedARenegotiation() throws IOException {
        TCPServer server = echo(serverOptions());
        Program client = talk(gnutls(server, "1.2"));
        client.say("^renegotiate^").lineWith("alert");
        Eventually.eventually("ended", () -> server.stats().closed(CloseReason.TLS_FAILED) == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void sendsMuch(String version) throws IOException {
        var received = new AtomicLong();
        TCPServer server = sink(received);
        Program client = gnutls(server, version);
        client.lineWith("Handshake was completed");
        client.sayMuch(MUCH);
        client.lineWith("all");
        assertThat(received).hasValue(MUCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void receivesMuch(String version) throws IOException {
        TCPServer server = source();
        Program client = gnutls(server, version);
        client.waitFor();
        hasMuch(client);
        Eventually.eventually(
                () -> server.stats().closed(CloseReason.LOCAL) == 1,
                () -> server.stats().toString());
    }
}
