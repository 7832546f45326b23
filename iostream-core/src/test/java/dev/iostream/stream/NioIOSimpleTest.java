package dev.iostream.stream;

import static dev.iostream.Eventually.LIMIT;
import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.iostream.dns.Resolver;
import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Endpoint;
import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.DialOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocking use, over sockets of the system. */
@Timeout(60)
class NioIOSimpleTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private ServerSocket listener;
    private IOSimple simple;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        simple = IOSimple.dial(url());
        peer = listener.accept();
        peer.setSoTimeout((int) LIMIT.toMillis());
    }

    private String url() {
        return "tcp://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    @AfterEach
    void close() throws IOException {
        simple.close();
        peer.close();
        listener.close();
    }

    private void peerWrites(String text) throws IOException {
        peer.getOutputStream().write(text.getBytes());
    }

    private static String text(byte[] data) {
        return new String(data);
    }

    /** Runs it on a thread of its own. */
    private static <T> FutureTask<T> elsewhere(Callable<T> task) {
        var future = new FutureTask<>(task);
        var thread = new Thread(future, "elsewhere");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    private static <T> T get(FutureTask<T> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void awaitRead() {
        eventually("the read is pending", () -> onLoop(IOStream::reading));
    }

    private boolean onLoop(Predicate<IOStream> question) {
        return onLoop(simple.stream().stream(), question);
    }

    private static boolean onLoop(IOStream stream, Predicate<IOStream> question) {
        var answer = new CompletableFuture<Boolean>();
        stream.loop().addCallback(() -> answer.complete(question.test(stream)));
        return answer.join();
    }

    @Test
    void echoes() throws IOException {
        simple.write("hello\n");
        byte[] line = peer.getInputStream().readNBytes(6);
        peer.getOutputStream().write(line);
        assertThat(text(simple.readUntil("\n"))).isEqualTo("hello\n");
    }

    @Test
    void everyReadGivesWhatItSays() throws IOException {
        peerWrites("line\nother\nGET /\r\nHEAD /\r\n12345678the rest");
        assertThat(text(simple.readUntil("\n"))).isEqualTo("line\n");
        assertThat(text(simple.readUntil("\n", 100))).isEqualTo("other\n");
        assertThat(text(simple.readUntilPattern("\\r?\\n"))).isEqualTo("GET /\r\n");
        assertThat(text(simple.readUntilPattern(java.util.regex.Pattern.compile("\\r?\\n"), 100)))
                .isEqualTo("HEAD /\r\n");
        assertThat(text(simple.readBytes(4))).isEqualTo("1234");
        assertThat(text(simple.readPartial(4))).isEqualTo("5678");
        peer.close();
        assertThat(text(simple.readUntilClose())).isEqualTo("the rest");
    }

    @Test
    void everyWriteSendsWhatItSays() throws IOException {
        byte[] bytes = {'1'};
        simple.write(bytes);
        bytes[0] = 'x';
        simple.write("2");
        ByteBuffer buffer = ByteBuffer.wrap("34".getBytes());
        simple.write(buffer);
        assertThat(buffer.remaining()).isEqualTo(2);
        assertThat(text(peer.getInputStream().readNBytes(4))).isEqualTo("1234");
    }

    @Test
    void aPeerThatClosesDuringAReadIsToldEveryTime() throws IOException {
        peerWrites("half a line");
        peer.close();
        for (int i = 0; i < 3; i++) {
            assertThatIOException()
                    .isThrownBy(() -> simple.readUntil("\n"))
                    .withCauseInstanceOf(StreamClosedException.class)
                    .withMessageContaining("PEER_END");
        }
        assertThatIOException().isThrownBy(() -> simple.write("x")).withCauseInstanceOf(StreamClosedException.class);
        assertThat(simple.closed()).isTrue();
        assertThat(simple.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void whatHadArrivedBeforeTheCloseCanStillBeRead() throws IOException {
        peerWrites("half a line");
        peer.close();
        assertThatIOException().isThrownBy(() -> simple.readUntil("\n"));
        assertThat(text(simple.readBytes(4))).isEqualTo("half");
    }

    @Test
    void aMistakeIsThrownAndChangesNothing() throws IOException {
        assertThatIllegalArgumentException().isThrownBy(() -> simple.readBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> simple.readUntil(""));
        assertThatIllegalArgumentException().isThrownBy(() -> simple.timeout(Duration.ZERO));
        peerWrites("fine\n");
        assertThat(text(simple.readUntil("\n"))).isEqualTo("fine\n");
    }

    @Test
    void aRefusalKeepsItsMessageItsNumberAndItsCause() throws IOException {
        String url = url();
        listener.close();
        assertThatThrownBy(() -> IOSimple.dial(url))
                .isInstanceOfSatisfying(
                        DialException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.ECONNREFUSED))
                .hasMessageContaining("Connection refused")
                .hasMessageContaining(url.substring("tcp://".length()))
                .hasCauseInstanceOf(DialException.class)
                .satisfies(failure -> assertThat(failure.getStackTrace())
                        .anySatisfy(frame -> assertThat(frame.getClassName())
                                .startsWith(getClass().getName())));
    }

    @Test
    void aSchemeThatIsNotKnownIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IOSimple.dial("udp://localhost:53"))
                .withMessageContaining("scheme is not known")
                .withMessageContaining("allowed are");
    }

    @Test
    void whatIsMissingIsToldAtOnce() {
        StreamOptions options = StreamOptions.defaults();
        TlsOptions tls = TlsOptions.client(TestCertificates.client());
        assertThatNullPointerException().isThrownBy(() -> IOSimple.dial(null)).withMessage("url");
        assertThatNullPointerException()
                .isThrownBy(() -> IOSimple.dial(url(), null))
                .withMessage("options");
        String secure = "tls://127.0.0.1:" + listener.getLocalPort();
        assertThatNullPointerException()
                .isThrownBy(() -> IOSimple.dial(secure, null, options))
                .withMessage("tls");
        assertThatNullPointerException()
                .isThrownBy(() -> IOSimple.dial(secure, tls, null))
                .withMessage("options");
    }

    @Test
    void whateverIsThrownWhileItConnectsFailsTheDial() {
        var missing = new NoClassDefFoundError("missing");
        StreamOptions options = StreamOptions.builder()
                .context(() -> {
                    throw missing;
                })
                .build();
        assertThatThrownBy(() -> IOSimple.dial("tcp://127.0.0.1:80", options))
                .isInstanceOf(DialException.class)
                .hasMessage("Could not dial \"tcp://127.0.0.1:80\": " + missing)
                .hasCause(missing);
    }

    @Test
    void aReadThatTimesOutWithAValueLeavesWhatComesToTheNext() throws Exception {
        byte[] none = {};
        byte[] value = simple.stream()
                .readUntil("\n")
                .completeOnTimeout(none, 1, TimeUnit.MILLISECONDS)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(value).isSameAs(none);
        peerWrites("line\nother\n");
        assertThat(text(simple.readUntil("\n"))).isEqualTo("line\n");
    }

    @Test
    void theOptionsAreThoseOfTheStream() throws IOException {
        var endpoint = new Endpoint("simple");
        StreamOptions options =
                StreamOptions.builder().endpoint(endpoint).maxBufferSize(100).build();
        try (IOSimple limited = IOSimple.dial(url(), options);
                Socket far = listener.accept()) {
            assertThat(endpoint.stats().active()).isEqualTo(1);
            far.getOutputStream().write(new byte[1000]);
            assertThatIOException()
                    .isThrownBy(() -> limited.readUntil("\n"))
                    .withCauseInstanceOf(StreamClosedException.class)
                    .withMessageContaining("READ_LIMIT");
        }
    }

    @Test
    void ipv6AddressesAreDialledInBrackets() throws IOException {
        ServerSocket ipv6;
        try {
            ipv6 = new ServerSocket(0, 1, InetAddress.getByName("::1"));
        } catch (IOException e) {
            assumeThat(false).as("this machine has no IPv6: %s", e).isTrue();
            return;
        }
        try (ipv6;
                IOSimple near = IOSimple.dial("tcp://[::1]:" + ipv6.getLocalPort());
                Socket far = ipv6.accept()) {
            near.write("6");
            assertThat(far.getInputStream().read()).isEqualTo('6');
        }
    }

    @Test
    void unixDomainSocketsAreDialledByPath() throws IOException {
        Path directory = Files.createTempDirectory("simple");
        Path path = directory.resolve("peer.sock");
        try (var unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            unix.bind(UnixDomainSocketAddress.of(path));
            try (IOSimple near = IOSimple.dial("unix://" + path);
                    SocketChannel far = unix.accept()) {
                far.write(ByteBuffer.wrap("hello".getBytes()));
                assertThat(text(near.readBytes(5))).isEqualTo("hello");
            }
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory);
        }
    }

    @Test
    void anOperationThatTimesOutClosesTheStream() throws IOException {
        simple.timeout(SHORT);
        assertThatThrownBy(() -> simple.readUntil("\n"))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("readUntil")
                .hasMessageContaining("PT0.02S");
        simple.timeout(null);
        for (int i = 0; i < 2; i++) {
            assertThatIOException()
                    .isThrownBy(() -> simple.readUntil("\n"))
                    .withMessageContaining("since readUntil had timed out")
                    .withCauseInstanceOf(StreamClosedException.class);
        }
        assertThat(simple.closed()).isTrue();
    }

    @Test
    void aWriteThatThePeerDoesNotTakeTimesOutToo() {
        simple.timeout(Duration.ofMillis(200));
        assertThatThrownBy(() -> simple.write(new byte[50_000_000])).isInstanceOf(SocketTimeoutException.class);
        eventually("the stream closes", simple::closed);
    }

    @Test
    void aTimeoutThatIsLongEnoughChangesNothing() throws IOException {
        simple.timeout(Duration.ofSeconds(Long.MAX_VALUE));
        peerWrites("line\n");
        assertThat(text(simple.readUntil("\n"))).isEqualTo("line\n");
    }

    @Test
    void oneReadAndOneWriteMayBeInFlight() throws Exception {
        FutureTask<byte[]> read = elsewhere(() -> simple.readUntil("\n"));
        awaitRead();
        simple.write("question\n");
        assertThat(peer.getInputStream().readNBytes(9)).isEqualTo("question\n".getBytes());
        assertThatIllegalStateException()
                .isThrownBy(() -> simple.readBytes(1))
                .withMessageContaining("readUntil is in flight on another thread");
        peerWrites("answer\n");
        assertThat(text(get(read))).isEqualTo("answer\n");
        peerWrites("x");
        assertThat(text(simple.readBytes(1))).isEqualTo("x");
    }

    @Test
    void aSecondWriteIsRefusedWhileOneIsInFlight() throws Exception {
        FutureTask<Void> write = elsewhere(() -> {
            simple.write(new byte[20_000_000]);
            return null;
        });
        eventually("the write is in flight", () -> onLoop(IOStream::writing));
        assertThatIllegalStateException()
                .isThrownBy(() -> simple.write("x"))
                .withMessageContaining("write is in flight on another thread");
        peer.getInputStream().readNBytes(20_000_000);
        get(write);
        simple.write("again");
    }

    @Test
    void aCloseFromAnotherThreadEndsTheReadAtOnce() throws Exception {
        StreamOptions patient =
                StreamOptions.builder().closeTimeout(Duration.ofDays(1)).build();
        IOSimple closing = IOSimple.dial(url(), patient);
        try (Socket silent = listener.accept()) {
            FutureTask<byte[]> read = elsewhere(() -> closing.readUntil("\n"));
            IOStream stream = closing.stream().stream();
            eventually("the read is pending", () -> onLoop(stream, IOStream::reading));
            closing.close();
            assertThatThrownBy(() -> get(read))
                    .hasCauseInstanceOf(IOException.class)
                    .hasRootCauseInstanceOf(StreamClosedException.class);
            assertThatIOException()
                    .isThrownBy(() -> closing.readBytes(1))
                    .withCauseInstanceOf(StreamClosedException.class)
                    .withMessageContaining("LOCAL");
            assertThat(silent.isConnected()).isTrue();
        }
    }

    @Test
    void anInterruptedReadIsCancelledAndLosesNothing() throws Exception {
        var interruptedAfter = new AtomicBoolean();
        var reader = new FutureTask<byte[]>(() -> {
            try {
                return simple.readUntil("\n");
            } finally {
                interruptedAfter.set(Thread.currentThread().isInterrupted());
            }
        });
        var thread = new Thread(reader, "reader");
        thread.start();
        awaitRead();
        peerWrites("abc");
        thread.interrupt();
        assertThatThrownBy(() -> get(reader)).hasCauseInstanceOf(InterruptedIOException.class);
        assertThat(interruptedAfter).isTrue();
        peerWrites("def\n");
        assertThat(text(simple.readUntil("\n"))).isEqualTo("abcdef\n");
    }

    @Test
    void anInterruptedDialIsGivenUp() {
        var cancelled = new AtomicBoolean();
        var silent = new Resolver() {
            @Override
            public void resolve(
                    String host,
                    Duration limit,
                    IOLoop loop,
                    Consumer<List<InetAddress>> resolved,
                    Consumer<IOException> failed) {
                // never answers
            }

            @Override
            public void cancel(Consumer<List<InetAddress>> resolved) {
                cancelled.set(true);
            }
        };
        StreamOptions options = StreamOptions.builder()
                .dial(DialOptions.defaults().resolver(silent))
                .build();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> IOSimple.dial("tcp://silent.example:80", options))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        eventually("the attempt is given up", cancelled::get);
    }

    @Test
    void aLoopsThreadIsRefused() throws Exception {
        IOLoopGroup group = IOLoopGroup.of(1, "refusing-");
        group.start();
        for (IOLoop loop : new IOLoop[] {group.next(), simple.stream().stream().loop()}) {
            var refused = new CompletableFuture<Throwable>();
            loop.addCallback(() -> {
                try {
                    simple.readBytes(1);
                } catch (IllegalStateException e) {
                    refused.complete(e);
                } catch (IOException e) {
                    refused.completeExceptionally(e);
                }
            });
            assertThat(refused.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .hasMessageContaining("IOSimple.readBytes would block")
                    .hasMessageContaining("loop '" + loop.name() + "'")
                    .hasMessageContaining("worker or virtual thread");
        }
        var refused = new CompletableFuture<Throwable>();
        String url = url();
        group.next().addCallback(() -> {
            try {
                IOSimple.dial(url).close();
            } catch (IllegalStateException e) {
                refused.complete(e);
            } catch (IOException e) {
                refused.completeExceptionally(e);
            }
        });
        assertThat(refused.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasMessageContaining("IOSimple.dial would block");
        group.close();
        peerWrites("x");
        assertThat(text(simple.readBytes(1))).isEqualTo("x");
    }

    @Test
    void theLoopIsADaemonThatAllShare() throws IOException {
        try (IOSimple other = IOSimple.dial(url())) {
            assertThat(other.stream().stream().loop())
                    .isSameAs(simple.stream().stream().loop());
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("iostream-simple-"))
                .singleElement()
                .matches(Thread::isDaemon, "a daemon");
    }

    @Test
    void aVirtualThreadMayWait() throws Exception {
        assumeThat(Runtime.version().feature())
                .as("virtual threads come with JDK 21")
                .isGreaterThanOrEqualTo(21);
        var read = new FutureTask<>(() -> {
            simple.write("from a virtual thread\n");
            return simple.readUntil("\n");
        });
        // by reflection, since the tests are compiled for JDK 17
        Object thread =
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, read);
        assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
        assertThat(peer.getInputStream().readNBytes(22)).isEqualTo("from a virtual thread\n".getBytes());
        peerWrites("answer\n");
        assertThat(text(get(read))).isEqualTo("answer\n");
    }

    @Test
    void theAddressIsThatOfThePeer() {
        assertThat(simple.stream().stream().remoteAddress())
                .isEqualTo(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
        assertThat(simple).asString().contains("IOSimple[");
    }

    @Test
    void tlsIsDialledByItsScheme() throws Exception {
        try (var secure = (SSLServerSocket) TestCertificates.server()
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            FutureTask<String> served = elsewhere(() -> {
                try (Socket client = secure.accept()) {
                    client.setSoTimeout((int) LIMIT.toMillis());
                    byte[] asked = client.getInputStream().readNBytes(6);
                    client.getOutputStream().write(asked);
                    return text(asked);
                }
            });
            TlsOptions tls = TlsOptions.client(TestCertificates.client());
            try (IOSimple dialled =
                    IOSimple.dial("tls://127.0.0.1:" + secure.getLocalPort(), tls, StreamOptions.defaults())) {
                dialled.write("hello\n");
                assertThat(text(dialled.readUntil("\n"))).isEqualTo("hello\n");
            }
            assertThat(get(served)).isEqualTo("hello\n");
        }
    }

    @Test
    void aServerThatNobodyTrustsCannotBeDialled() throws Exception {
        try (var secure = (SSLServerSocket) TestCertificates.server()
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            FutureTask<Boolean> served = elsewhere(() -> {
                try (var client = (SSLSocket) secure.accept()) {
                    client.setSoTimeout((int) LIMIT.toMillis());
                    client.startHandshake();
                    return client.getInputStream().read() >= 0;
                } catch (IOException e) {
                    return false;
                }
            });
            assertThatThrownBy(() -> IOSimple.dial("tls://127.0.0.1:" + secure.getLocalPort()))
                    .isInstanceOfSatisfying(
                            DialException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(CloseReason.TLS_FAILED))
                    .hasMessageContaining("127.0.0.1:" + secure.getLocalPort())
                    .hasMessageContaining("not signed by anybody whom this end trusts");
            assertThat(get(served)).as("the server got anything").isFalse();
        }
    }

    @Test
    void tlsOptionsAreForTls() {
        TlsOptions tls = TlsOptions.client(TestCertificates.client());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IOSimple.dial(url(), tls, StreamOptions.defaults()))
                .withMessageContaining("TlsOptions are for tls://host:port");
    }
}
