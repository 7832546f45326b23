package dev.iostream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Eventually;
import dev.iostream.Program;
import dev.iostream.event.CloseReason;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose server is another implementation of TLS: OpenSSL's, as its command line. */
class OpensslServerTest extends InteropHarness {
    private static final String REVERSED = "-rev";

    private Program server;
    private int port;

    @BeforeAll
    static void requireProgram() throws InterruptedException {
        Program.require("openssl", "version");
    }

    private void openssl(String... arguments) throws IOException {
        List<String> command = List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                certificate.certificatePem(folder).toString(),
                "-key",
                certificate.keyPem(folder).toString());
        server = run(list(command, arguments));
        String accepts = server.lineWith("ACCEPT");
        port = Integer.parseInt(accepts.substring(accepts.lastIndexOf(':') + 1));
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
    void serves(String version, String protocol) throws IOException {
        openssl(version, REVERSED);
        assertThat(connect(clientOptions(), port, saying("hello openssl")))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("lssnepo olleh");
        assertThat(connect(clientOptions(), port, asking()))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo(protocol + ", null, CN=server");
        isNotTrustedByStrangers(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void asksForACertificate(String version) throws IOException {
        openssl(
                version,
                REVERSED,
                "-Verify",
                "2",
                "-verify_return_error",
                "-CAfile",
                CA.certificatePem(folder).toString());
        TlsOptions known = TlsOptions.client(SslContexts.client(CA.trust(), me.key()));
        assertThat(connect(known, port, saying("it is me")))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("em si ti");
        assertThat(connect(clientOptions(), port, saying("never")))
                .failsWithin(Eventually.LIMIT)
                .withThrowableThat()
                .withMessageContaining("alert");
    }

    @Test
    void agreesOnAProtocol() throws IOException {
        openssl("-alpn", "b,a", REVERSED);
        assertThat(connect(clientOptions().applicationProtocols("a", "b"), port, asking()))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("TLSv1.3, b, CN=server");
    }

    @Test
    void hasACertificateForTheNameThatWeAskFor() throws IOException {
        TestCertificates other = CA.issue("other").dns("other.example").create();
        openssl(
                "-servername",
                "other.example",
                "-cert2",
                other.certificatePem(folder).toString(),
                "-key2",
                other.keyPem(folder).toString(),
                REVERSED);
        assertThat(connect(clientOptions().serverName("other.example"), port, asking()))
                .succeedsWithin(Eventually.LIMIT)
                .isEqualTo("TLSv1.3, null, CN=other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void resumesOurSession(String version) throws IOException {
        openssl(version);
        TlsOptions tls = clientOptions();
        hear(connect(tls, port, saying("say one")), "one");
        assertThat(server.output()).doesNotContain("Reused session-id");
        hear(connect(tls, port, saying("say two")), "two");
        assertThat(server.output()).contains("Reused session-id");
    }

    /** What is typed into the server is heard, after it has heard us. */
    private void hear(CompletableFuture<String> answer, String words) throws IOException {
        server.lineWith("say " + words);
        server.say(words);
        assertThat(answer).succeedsWithin(Eventually.LIMIT).isEqualTo(words);
    }

    @Test
    void mayTakeNewKeys() throws IOException {
        String sent = ">>> TLS 1.3, Handshake [length 0005], KeyUpdate";
        openssl("-tls1_3", "-msg");
        var first = new CompletableFuture<String>();
        CompletableFuture<String> second = connect(clientOptions(), port, (stream, result) -> {
            stream.write("ready\n");
            stream.readUntil("\n", one -> {
                first.complete(new String(one, UTF_8));
                stream.readUntil("\n", two -> result.accept(new String(two, UTF_8)));
            });
        });
        server.lineWith("ready");
        // K wants new keys in return, k does not
        server.say("K").lineWith(sent);
        server.say("hello").lineWith("<<< TLS 1.3, Handshake [length 0005], KeyUpdate");
        // it takes a line for a command only when nothing was typed before that it has not read
        assertThat(first).succeedsWithin(Eventually.LIMIT).isEqualTo("hello\n");
        server.say("k").lineWith(sent);
        server.say("hello again");
        assertThat(second).succeedsWithin(Eventually.LIMIT).isEqualTo("hello again\n");
    }

    @Test
    void isRefusedARenegotiation() throws IOException {
        openssl("-tls1_2");
        CompletableFuture<String> answer = connect(clientOptions(), port, saying("ready"));
        server.lineWith("ready");
        server.say("r");
        assertThat(answer)
                .failsWithin(Eventually.LIMIT)
                .withThrowableThat()
                .withMessageContaining("it asked for a renegotiation, which is refused");
        server.lineWith("alert");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void sendsMuch(String version) throws IOException {
        Files.write(folder.resolve("much"), new byte[MUCH]);
        openssl(version, "-WWW");
        CompletableFuture<Integer> received = connect(clientOptions(), port, (stream, result) -> {
            stream.write("GET /much HTTP/1.0\r\n\r\n");
            stream.readUntil("\r\n\r\n", header -> stream.readUntilClose(body -> result.accept(body.length)));
        });
        assertThat(received).succeedsWithin(Eventually.LIMIT).isEqualTo(MUCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void receivesMuch(String version) throws IOException {
        openssl(version);
        CompletableFuture<CloseReason> ended = connect(clientOptions(), port, (stream, result) -> {
            stream.write(new byte[MUCH]);
            stream.write("\nthat is all\n");
            stream.setCloseCallback(() -> result.accept(stream.closeReason()));
            stream.close();
        });
        server.lineWith("that is all");
        hasMuch(server);
        assertThat(ended).succeedsWithin(Eventually.LIMIT).isEqualTo(CloseReason.LOCAL);
    }
}
