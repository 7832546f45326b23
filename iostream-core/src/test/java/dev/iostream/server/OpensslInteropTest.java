package dev.iostream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Eventually;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with another implementation of it at the other end: OpenSSL's, as its command line. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpensslInteropTest {
    private static final TestCertificates CA = TestCertificates.CA;

    private final IOLoopGroup group = IOLoopGroup.of(1, "openssl");
    private final List<Process> processes = new ArrayList<>();
    private final TestCertificates certificate =
            CA.issue("server").dns("localhost").ip("127.0.0.1").create();

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireOpenssl() throws InterruptedException {
        try {
            Process version = new ProcessBuilder("openssl", "version")
                    .redirectErrorStream(true)
                    .start();
            assertThat(version.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(version.exitValue()).isZero();
        } catch (IOException e) {
            String loud = "NOT TESTED WITH OPENSSL: the program openssl is not installed or not on the PATH";
            System.err.println(loud);
            Assumptions.abort(loud);
        }
    }

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        group.close();
    }

    /** Starts openssl, with its output and its errors in one. */
    private Process openssl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private TCPServer echo(TlsOptions tls) {
        var server = new TCPServer(
                group, OpensslInteropTest::echo, ServerOptions.named("echo").tls(tls));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return server;
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    private static void say(Process process, String words) throws IOException {
        process.getOutputStream().write(words.getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    /** Reads on to a line that has {@code words}, and fails with everything that it has read when there is none. */
    private static String lineWith(String words, BufferedReader output) throws IOException {
        var read = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(words)) {
                return line;
            }
            read.append(line).append('\n');
        }
        throw new AssertionError("openssl did not say '" + words + "' but:\n" + read);
    }

    private static String port(TCPServer server) {
        return "127.0.0.1:" + ((InetSocketAddress) server.localAddresses().get(0)).getPort();
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
    void opensslIsServed(String version, String protocol) throws IOException, InterruptedException {
        try (TCPServer server =
                echo(TlsOptions.server(SslContexts.server(certificate.key())).applicationProtocols("echo"))) {
            Process client = openssl(
                    "s_client",
                    version,
                    "-connect",
                    port(server),
                    "-servername",
                    "localhost",
                    "-CAfile",
                    CA.certificatePem(folder).toString(),
                    "-verify_return_error",
                    "-verify_hostname",
                    "localhost",
                    "-alpn",
                    "echo",
                    "-brief");
            BufferedReader output = client.inputReader(UTF_8);
            assertThat(lineWith("Protocol version", output)).contains(protocol);
            lineWith("Verification: OK", output);
            say(client, "hello openssl\n");
            lineWith("hello openssl", output);
            // the end of its input makes it send close_notify
            client.getOutputStream().close();
            assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.exitValue()).isZero();
            Eventually.eventually("ended", () -> server.stats().closed(CloseReason.PEER_END) == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslIsKnownByItsCertificate(String version) throws IOException {
        TestCertificates own = CA.issue("me").create();
        TlsOptions tls = TlsOptions.server(SslContexts.server(certificate.key(), CA.trust()))
                .clientAuth(ClientAuth.NEED);
        try (TCPServer server = echo(tls)) {
            Process known = openssl(
                    "s_client",
                    version,
                    "-connect",
                    port(server),
                    "-brief",
                    "-CAfile",
                    CA.certificatePem(folder).toString(),
                    "-cert",
                    own.certificatePem(folder).toString(),
                    "-key",
                    own.keyPem(folder).toString());
            say(known, "it is me\n");
            lineWith("it is me", known.inputReader(UTF_8));
            Process unknown = openssl("s_client", version, "-connect", port(server), "-brief");
            lineWith("alert", unknown.inputReader(UTF_8));
            Eventually.eventually(
                    () -> server.stats().accepted() == 2 && server.stats().connections() == 1,
                    () -> server.stats().toString());
            assertThat(server.stats().active()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
    void opensslServes(String version, String protocol) throws IOException {
        // -rev sends each line back with its characters reversed
        Process server = openssl(
                "s_server",
                version,
                "-accept",
                "127.0.0.1:0",
                "-rev",
                "-cert",
                certificate.certificatePem(folder).toString(),
                "-key",
                certificate.keyPem(folder).toString());
        String accepts = lineWith("ACCEPT", server.inputReader(UTF_8));
        int port = Integer.parseInt(accepts.substring(accepts.lastIndexOf(':') + 1));

        TlsOptions tls = TlsOptions.client(TestCertificates.client());
        assertThat(ask(tls, port)).succeedsWithin(Eventually.LIMIT).isEqualTo(protocol + " lssnepo olleh\n");
        assertThat(ask(
                        TlsOptions.client(SslContexts.client(
                                TestCertificates.authority("other").trust())),
                        port))
                .failsWithin(Eventually.LIMIT)
                .withThrowableThat()
                .withMessageContaining("not signed by anybody whom this end trusts");
    }

    private CompletableFuture<String> ask(TlsOptions tls, int port) {
        var answer = new CompletableFuture<String>();
        group.next().addCallback(() -> {
            SSLIOStream stream = SSLIOStream.open(group.next(), tls, StreamOptions.defaults());
            stream.connect(
                    "127.0.0.1",
                    port,
                    null,
                    true,
                    () -> stream.write("hello openssl\n"),
                    (errno, message) -> answer.completeExceptionally(new IOException(message)));
            stream.setCloseCallback(() -> answer.completeExceptionally(new IOException("closed: " + stream.error())));
            stream.readUntil("\n", line -> {
                answer.complete(stream.session().getProtocol() + " " + new String(line, UTF_8));
                stream.close();
            });
        });
        return answer;
    }
}
