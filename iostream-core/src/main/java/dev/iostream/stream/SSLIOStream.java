package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.tls.Identity;
import dev.iostream.tls.ReloadableTls;
import dev.iostream.tls.SecureTransport;
import dev.iostream.tls.Tls;
import dev.iostream.tls.TlsException;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose bytes are encrypted on their way. All that {@link IOStream} says holds for it.
 *
 * <p>The handshake begins by itself as soon as there is a connection. Until it has ended writes queue and reads wait, and
 * {@link #session()} is not there. A client verifies that the server is the one that it asked for before anything that
 * was written is sent. A connection that ends without TLS saying so closes the stream with
 * {@link CloseReason#TLS_TRUNCATED}.
 *
 * <pre>{@code
 * var stream = SSLIOStream.open(loop, TlsOptions.client(SslContexts.client()), StreamOptions.defaults());
 * stream.connect("example.org", 443, null, true, () -> stream.write("..."), (errno, message) -> log(message));
 * }</pre>
 */
public final class SSLIOStream extends IOStream {
    private final TlsOptions tls;

    /** A stream over a channel, connected or not, which it then owns; on {@link IOLoop#instance()}. */
    public SSLIOStream(SocketChannel channel, TlsOptions tls) {
        this(channel, tls, IOLoop.instance());
    }

    /** The same on another loop. */
    public SSLIOStream(SocketChannel channel, TlsOptions tls, IOLoop loop) {
        this(channel, tls, loop, StreamOptions.defaults());
    }

    /**
     * The same with a limit for each direction.
     *
     * @param maxBufferSize bytes of what was or will be encrypted, at least 1
     */
    public SSLIOStream(SocketChannel channel, TlsOptions tls, IOLoop loop, long maxBufferSize) {
        this(channel, tls, loop, maxBufferSize, StreamOptions.defaults());
    }

    /** The same with other options beside it. */
    public SSLIOStream(SocketChannel channel, TlsOptions tls, IOLoop loop, long maxBufferSize, StreamOptions options) {
        this(
                channel,
                tls,
                loop,
                options.toBuilder().maxBufferSize(maxBufferSize).build());
    }

    /** A server's stream with that context, as {@link TlsOptions#server(SSLContext)} has it. */
    public SSLIOStream(SocketChannel channel, SSLContext context, IOLoop loop, long maxBufferSize) {
        this(channel, TlsOptions.server(context), loop, maxBufferSize);
    }

    /** The same with all options. */
    public SSLIOStream(SocketChannel channel, TlsOptions tls, IOLoop loop, StreamOptions options) {
        this(tls, driverOver(channel, loop, options, wire -> secured(wire, tls, loop)));
        openIfConnected(channel);
    }

    private SSLIOStream(TlsOptions tls, StreamDriver driver) {
        super(driver);
        this.tls = Objects.requireNonNull(tls, "tls");
    }

    /** A stream that opens its own channel when it connects, so that it can try all addresses of a name. */
    public static SSLIOStream open(IOLoop loop, TlsOptions tls, StreamOptions options) {
        return new SSLIOStream(tls, new StreamDriver(new Unconnected(null), loop, options));
    }

    /** The same with the options that are current now; it is counted among their streams until it closes. */
    public static SSLIOStream open(IOLoop loop, ReloadableTls tls, StreamOptions options) {
        ReloadableTls.Use use = tls.use();
        SSLIOStream stream = open(loop, use.options(), options);
        stream.driver().alsoOnClose(use::end);
        return stream;
    }

    /** A stream over any transport, which it then owns. */
    public static SSLIOStream over(Transport wire, TlsOptions tls, IOLoop loop, StreamOptions options)
            throws IOException {
        var stream = new SSLIOStream(tls, new StreamDriver(secured(wire, tls, loop), loop, options));
        stream.driver().open(null);
        return stream;
    }

    /** The same, with a first callback that is given the stream before the handshake has ended. */
    public static SSLIOStream over(
            Transport wire, TlsOptions tls, IOLoop loop, StreamOptions options, StreamCallback opened)
            throws IOException {
        var stream = new SSLIOStream(tls, new StreamDriver(secured(wire, tls, loop), loop, options));
        stream.driver().open(Delivery.of(opened, stream));
        return stream;
    }

    /** The same with the options that are current now; it is counted among their streams until it closes. */
    public static SSLIOStream over(
            Transport wire, ReloadableTls tls, IOLoop loop, StreamOptions options, StreamCallback opened)
            throws IOException {
        ReloadableTls.Use use = tls.use();
        try {
            SSLIOStream stream = over(wire, use.options(), loop, options, opened);
            stream.driver().alsoOnClose(use::end);
            return stream;
        } catch (IOException | RuntimeException | Error e) {
            use.end();
            throw e;
        }
    }

    private static Transport secured(Transport wire, TlsOptions tls, IOLoop loop) {
        SocketAddress remote = wire.remoteAddress();
        return tls.client() && remote instanceof InetSocketAddress internet
                ? Tls.over(wire, tls, internet.getHostString(), internet.getPort(), loop)
                : Tls.over(wire, tls, null, 0, loop);
    }

    @Override
    Transport secured(Transport dialled, @Nullable String host, int port) {
        return secured(dialled, host, port, tls);
    }

    private Transport secured(Transport dialled, @Nullable String host, int port, TlsOptions options) {
        if (options.client()) {
            return Tls.over(dialled, options, host, port, loop());
        }
        var refusal = new TlsException(
                "Could not connect to " + host + ":" + port
                        + ": these TlsOptions are a server's; use TlsOptions.client",
                CloseReason.TLS_FAILED,
                null);
        return new Unconnected(driver().unconnected().channel(), refusal);
    }

    // ---- connecting

    /**
     * Connects and secures without blocking. Exactly one of the two callbacks is called: {@code connected} after the
     * handshake, with the server verified.
     *
     * @param verify whether to verify the certificate and that it is for {@code host}, instead of what the options say.
     *     Without it anybody on the way can read and change everything.
     * @return whether it could be begun; {@code failed} is called in any case when it could not
     * @throws IllegalStateException when the stream has been connected before, or closed
     */
    public ConnectStart connect(
            String host,
            int port,
            @Nullable ProtocolFamily family,
            boolean verify,
            @Nullable Runnable connected,
            @Nullable ConnectFailure failed) {
        TlsOptions options = tls.client() ? tls.verify(verify) : tls;
        Transport dialled = secured(dialled(host, port, family), host, port, options);
        dial(dialled, InetSocketAddress.createUnresolved(host, port), connected, failed);
        Throwable error = driver().isFinished() ? error() : null;
        return error == null ? ConnectStart.STARTED : new ConnectStart(-1, error.getMessage());
    }

    /** The same; both callbacks are given {@code arg} first. */
    public <A> ConnectStart connect(
            String host,
            int port,
            @Nullable ProtocolFamily family,
            boolean verify,
            @Nullable Consumer<? super A> connected,
            @Nullable ConnectFailureWith<? super A> failed,
            A arg) {
        return connect(host, port, family, verify, connected == null ? null : with(connected, arg), with(failed, arg));
    }

    /**
     * Goes on with TLS on a stream that has been in plain so far (STARTTLS). The new stream takes over the connection, the
     * attributes, the close callback and the limits; {@code plain} is {@linkplain CloseReason#DETACHED detached} and
     * throws; whoever closes or aborts it does so to the new one. What was written to it is sent first, in plain.
     *
     * <p>Nothing may have been read ahead, since anybody on the way could have put it there: bytes that are buffered, and a
     * read that is pending, close the stream. So this is called from the callback of the read that ended the talk in
     * plain.
     *
     * @param secured is given the new stream after the handshake
     * @param failed called instead, once, when that does not come about; the connection is closed then
     * @throws IllegalStateException when {@code plain} is not open
     */
    public static void startTls(
            IOStream plain, TlsOptions tls, Consumer<? super SSLIOStream> secured, @Nullable ConnectFailure failed) {
        upgrade(plain, tls, secured, failed);
    }

    /** The same; returns the stream that has the connection now, be it the former one, which is closed then. */
    static IOStream upgrade(
            IOStream plain, TlsOptions tls, Consumer<? super SSLIOStream> secured, @Nullable ConnectFailure failed) {
        Objects.requireNonNull(secured, "secured");
        StreamDriver former = plain.driver();
        former.check("startTls");
        if (former.isClosed()) {
            throw former.closedException("start TLS");
        }
        if (!former.isOpen()) {
            throw new IllegalStateException("Could not start TLS: the stream is not open: " + plain);
        }
        String obstacle = obstacle(former);
        if (obstacle != null) {
            var refusal = new TlsException("Could not start TLS: " + obstacle, CloseReason.TLS_FAILED, null);
            if (failed != null) {
                former.post(Delivery.of(() -> failed.failed(refusal.errno(), String.valueOf(refusal.getMessage()))));
            }
            former.finish(CloseReason.TLS_FAILED, refusal);
            return plain;
        }
        StreamDriver driver = former.newSuccessor();
        var stream = new SSLIOStream(tls, driver);
        stream.adopt(plain);
        SocketAddress remote = former.transport().remoteAddress();
        InetSocketAddress internet = remote instanceof InetSocketAddress known ? known : null;
        String dialled = former.transport().host();
        String host = dialled != null || internet == null ? dialled : internet.getHostString();
        int port = internet == null ? 0 : internet.getPort();
        Transport wire = former.detach();
        try {
            driver.connect(
                    Tls.over(wire, tls, tls.client() ? host : null, port, plain.loop()),
                    null,
                    driver.callback(() -> secured.accept(stream)),
                    failed);
        } catch (RuntimeException | Error e) {
            // neither stream has the connection
            driver.finish(CloseReason.TLS_FAILED, e);
            wire.close();
            throw e;
        }
        former.succeededBy(driver);
        return stream;
    }

    private static @Nullable String obstacle(StreamDriver former) {
        if (former.reads().pending() != null) {
            return "a read in plain is pending; start TLS from the callback of the last one";
        }
        int buffered = former.reads().size();
        return buffered == 0
                ? null
                : buffered
                        + " bytes had come in plain before; whoever sent them may not be the peer (STARTTLS injection)";
    }

    /** What to call, once, when the handshake has ended; the last one set counts. Never called when it fails. */
    public void onSecured(Runnable callback) {
        driver().whenOpen(driver().callback(Objects.requireNonNull(callback, "callback")));
    }

    // ---- what was agreed on

    /**
     * The session, also after the stream has closed.
     *
     * @throws IllegalStateException when the handshake has not ended
     */
    public SSLSession session() {
        SSLSession session = sessionOrNull();
        if (session == null) {
            throw new IllegalStateException("The handshake has not ended, wait for onSecured: " + this);
        }
        return session;
    }

    private @Nullable SSLSession sessionOrNull() {
        return driver().transport() instanceof SecureTransport secure ? secure.session() : null;
    }

    /** The peer's certificates, its own first; none before the handshake has ended, and when it sent none. */
    public List<X509Certificate> peerCertificates() {
        SSLSession session = sessionOrNull();
        if (session == null) {
            return List.of();
        }
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                if (certificate instanceof X509Certificate known) {
                    certificates.add(known);
                }
            }
            return List.copyOf(certificates);
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    /** Whom the peer's certificate names; null before the handshake has ended, and when the peer has shown none. */
    public @Nullable Identity identity() {
        List<X509Certificate> certificates = peerCertificates();
        return certificates.isEmpty() ? null : Identity.of(certificates.get(0));
    }

    /** The protocol that both agreed to speak inside (ALPN), or null. */
    public @Nullable String applicationProtocol() {
        return driver().transport() instanceof SecureTransport secure ? secure.applicationProtocol() : null;
    }
}
