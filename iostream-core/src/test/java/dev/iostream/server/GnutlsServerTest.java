package dev.iostream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Eventually;
import dev.iostream.Program;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose server is GnuTLS's command line, which sends back what it is sent. */
class GnutlsServerTest extends InteropHarness {
    private Program server;
    private int port;

    @BeforeAll
    static void requireProgram() throws InterruptedException {
        Program.require("gnutls-serv", "--version");
    }

    private void gnutls(String version, String... arguments) throws IOException {
        port = Program.freePort();
        List<String> command = List.of(
                "gnutls-serv",
                "--echo",
                "--port",
                Integer.toString(port),
                "--x509certfile",
                certificate.certificatePem(folder).toString(),
                "--x509keyfile",
                certificate.keyPem(folder).toString(),
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS" + version);
        server = run(list(command, arguments));
        server.lineWith("listening on IPv4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void serves(String version) throws IOException {
        gnutls(version, "--disable-client-cert");
        assertThat(connect(clientOptions(), port, saying("hello gnutls")))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("hello gnutls");
        assertThat(connect(clientOptions(), port, asking()))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("TLSv" + version + ", null, CN=server");
        isNotTrustedByStrangers(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void asksForACertificate(String version) throws IOException {
        gnutls(
                version,
                "--require-client-cert",
                "--verify-client-cert",
                "--x509cafile",
                CA.certificatePem(folder).toString());
        TlsOptions known = TlsOptions.client(SslContexts.client(CA.trust(), me.key()));
        assertThat(connect(known, port, saying("it is me")))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("it is me");
        assertThat(connect(clientOptions(), port, saying("never"))).failsWithin(Eventually.LIMIT);
    }

    @Test
    void agreesOnAProtocol() throws IOException {
        gnutls("1.3", "--disable-client-cert", "--alpn", "b", "--alpn", "a");
        assertThat(connect(clientOptions().applicationProtocols("a"), port, asking()))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("TLSv1.3, a, CN=server");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void resumesOurSession(String version) throws IOException {
        gnutls(version, "--disable-client-cert");
        TlsOptions tls = clientOptions();
        for (int i = 0; i < 2; i++) {
            assertThat(connect(tls, port, saying("hello")))
                    .succeedsWithin(Eventually.LIMIT)
                    .isEqualTo("hello");
        }
        server.lineWith("This is a resumed session");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void sendsBackMuch(String version) throws IOException {
        gnutls(version, "--disable-client-cert");
        CompletableFuture<String> answer = connect(clientOptions(), port, (stream, result) -> {
            stream.write(("x".repeat(1023) + "\n").repeat(MUCH / 1024));
            stream.write("that is all\n");
            stream.readBytes(
                    (long) MUCH,
                    unused -> stream.readUntil("\n", all -> result.accept(new String(all, UTF_8))),
                    view -> {});
        });
        // it prints everything, and waits for that to be read
        server.lineWith("that is all");
        assertThat(answer).succeedsWithin(Eventually.LIMIT).isEqualTo("that is all\n");
    }
}
