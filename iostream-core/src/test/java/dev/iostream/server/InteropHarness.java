package dev.iostream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Eventually;
import dev.iostream.Program;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A loop, certificates in files, and programs that speak TLS at the other end. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class InteropHarness {
    static final TestCertificates CA = TestCertificates.CA;
    static final int MUCH = 4 * 1024 * 1024;

    final IOLoopGroup group = IOLoopGroup.of(1, "interop");
    /** Of RSA, since GnuTLS does not read the JDK's elliptic keys. */
    private static final KeyPair KEYS = TestCertificates.keys("RSA", 2048);

    final TestCertificates certificate =
            CA.issue("server").dns("localhost").ip("127.0.0.1").keys(KEYS).create();
    final TestCertificates me = CA.issue("me").keys(KEYS).create();
    private final List<Program> programs = new ArrayList<>();
    private final List<TCPServer> servers = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void nothingIsLeft() {
        programs.forEach(Program::close);
        servers.forEach(TCPServer::close);
        group.close();
        for (TCPServer server : servers) {
            assertThat(server.stats().active()).isZero();
        }
    }

    Program run(List<String> command) throws IOException {
        Program program = Program.start(folder, command);
        programs.add(program);
        return program;
    }

    static List<String> list(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    // ---- our server

    TCPServer serve(TlsOptions tls, StreamHandler handler) {
        var server =
                new TCPServer(group, handler, ServerOptions.named("interop").tls(tls));
        servers.add(server);
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return server;
    }

    TCPServer echo(TlsOptions tls) {
        return serve(tls, InteropHarness::echo);
    }

    /** A server that reads much, counts it, and says so. */
    TCPServer sink(AtomicLong received) {
        return serve(
                serverOptions(),
                stream -> stream.readBytes(
                        (long) MUCH, last -> stream.write("all\n"), view -> received.addAndGet(view.remaining())));
    }

    /** A server that sends much, and closes. */
    TCPServer source() {
        return serve(serverOptions(), stream -> {
            stream.write(new byte[MUCH]);
            stream.close();
        });
    }

    /** All the zeros of much are in what the program has said. */
    static void hasMuch(Program program) {
        assertThat(program.output().chars().filter(each -> each == 0).count()).isEqualTo(MUCH);
    }

    TlsOptions serverOptions() {
        return TlsOptions.server(SslContexts.server(certificate.key()));
    }

    static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    static int port(TCPServer server) {
        return ((InetSocketAddress) server.localAddresses().get(0)).getPort();
    }

    // ---- our client

    static TlsOptions clientOptions() {
        return TlsOptions.client(TestCertificates.client());
    }

    /** Connects to 127.0.0.1, whose certificate has to be for it unless the options say otherwise. */
    <T> CompletableFuture<T> connect(TlsOptions tls, int port, Talk<T> talk) {
        var answer = new CompletableFuture<T>();
        group.next().addCallback(() -> {
            SSLIOStream stream = SSLIOStream.open(group.next(), tls, StreamOptions.defaults());
            stream.connect(
                    "127.0.0.1",
                    port,
                    null,
                    true,
                    () -> talk.with(stream, answer::complete),
                    (errno, message) -> answer.completeExceptionally(new IOException(message)));
            stream.setCloseCallback(() -> answer.completeExceptionally(
                    new IOException("closed, " + stream.closeReason() + ": " + stream.error())));
        });
        return answer;
    }

    /** Our client does not talk to a server at that port whose authority it does not know. */
    void isNotTrustedByStrangers(int port) {
        TlsOptions distrustful = TlsOptions.client(
                SslContexts.client(TestCertificates.authority("other").trust()));
        assertThat(connect(distrustful, port, asking()))
                .failsWithin(Eventually.LIMIT)
                .withThrowableThat()
                .withMessageContaining("not signed by anybody whom this end trusts");
    }

    interface Talk<T> {
        void with(SSLIOStream stream, Consumer<T> result);
    }

    /** Says a line, and is told the answer. */
    static Talk<String> saying(String line) {
        return (stream, result) -> {
            stream.write(line + "\n");
            stream.readUntil("\n", answer -> {
                result.accept(new String(answer, UTF_8).trim());
                stream.close();
            });
        };
    }

    /** Is told the protocol, and what the other end is called. */
    static Talk<String> asking() {
        return (stream, result) -> {
            result.accept(stream.session().getProtocol() + ", " + stream.applicationProtocol() + ", "
                    + stream.peerCertificates().get(0).getSubjectX500Principal());
            stream.close();
        };
    }
}
