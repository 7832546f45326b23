package dev.iostream.tls;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Timeout;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a wire. What happens next is what the engine says; all that is kept beside it are the bytes under way.
 *
 * <pre>
 *   WIRE ──bytes can flow──► SECURING ──handshake has ended──► READY
 *    └──────────────────────────┴──────── failure, close() ──────┴────────► CLOSED
 * </pre>
 */
final class TlsTransport implements SecureTransport {
    /** Reads that empty the wire before it is closed, at most. */
    private static final int LAST_READS = 4;

    private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0);

    private enum State {
        WIRE,
        SECURING,
        READY,
        CLOSED
    }

    private final Transport wire;
    private final TlsOptions options;
    private final TlsPeer peer;
    private final IOLoop loop;
    private final HandshakeReport report;
    private final Progress progress;
    private final Inbound inbound;
    private final Outbound outbound;
    private final DelegatedTasks tasks;

    private State state = State.WIRE;
    private @Nullable ReadyHandler handler;
    private @Nullable SSLEngine engine;
    /** What the handshake has agreed on, once it has ended. */
    private @Nullable SSLSession session;

    private @Nullable Timeout deadline;
    private @Nullable IOException failure;
    private int watched;

    TlsTransport(Transport wire, TlsOptions options, TlsPeer peer, IOLoop loop, Executor executor) {
        this.wire = wire;
        this.options = options;
        this.peer = peer;
        this.loop = loop;
        this.report = new HandshakeReport(options, peer, wire);
        this.progress = new Progress(loop, options, report);
        this.inbound = new Inbound(wire, options.client(), progress, report);
        this.outbound = new Outbound(wire, progress);
        this.tasks = new DelegatedTasks(loop, executor, this::tasksEnded);
    }

    // ---- coming about

    @Override
    public void attach(ReadyHandler newHandler) throws IOException {
        handler = newHandler;
        wire.attach(this::wireReady);
    }

    private void wireReady(int interest) {
        assert handler != null;
        // a record that comes may let bytes go, and the other way round
        handler.ready(state == State.READY ? Interest.READ | Interest.WRITE : interest);
    }

    @Override
    public Stage establish() throws IOException {
        requireIntact();
        try {
            return switch (state) {
                case WIRE -> establishWire();
                case SECURING -> secure();
                case READY -> Stage.READY;
                case CLOSED -> throw new ClosedChannelException();
            };
        } catch (SSLException | RuntimeException e) {
            throw failed(e);
        } catch (IOException e) {
            throw state == State.SECURING ? report.brokenOff(e) : e;
        } catch (Exception e) {
            // a native engine lets through what the trust manager has thrown
            throw failed(e);
        }
    }

    private Stage establishWire() throws IOException {
        if (engine == null && options.client()) {
            // what is wrong with the options is to be said before anything is dialled
            use(Engines.create(options, peer, null, null));
        }
        Stage stage = wire.establish();
        if (stage == Stage.READY || stage == Stage.SECURING) {
            startDeadline();
        }
        if (stage != Stage.READY) {
            return stage;
        }
        state = State.SECURING;
        return secure();
    }

    private void use(SSLEngine made) throws SSLException {
        RecordBuffers buffers = bufferKinds().of(made);
        engine = made;
        inbound.use(made, buffers);
        outbound.use(made, buffers);
        made.beginHandshake();
    }

    private RecordBuffers.Kinds bufferKinds() {
        return loop.local(RecordBuffers.Kinds.class, RecordBuffers.Kinds::new);
    }

    private Stage secure() throws IOException {
        if (engine != null || chooseContext()) {
            unwrap(NOWHERE);
        }
        outbound.flush();
        if (state == State.READY) {
            stopDeadline();
        }
        watchWire();
        return state == State.READY ? Stage.READY : Stage.SECURING;
    }

    /** Makes a server's engine, once it is known whom the client asks for if that matters; false when it is not yet. */
    private boolean chooseContext() throws IOException {
        String asked = null;
        if (!options.sniContexts().isEmpty()) {
            ClientHello hello = inbound.peek(bufferKinds().onHeap());
            if (hello == null) {
                return false;
            }
            asked = hello.serverName();
        }
        use(Engines.create(options, peer, wire.remoteAddress(), asked));
        return true;
    }

    private void startDeadline() {
        if (deadline == null) {
            Duration limit = options.handshakeTimeout();
            deadline = loop.addTimeout(limit, () -> fail(report.deadline(limit)));
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            loop.removeTimeout(deadline);
            deadline = null;
        }
    }

    // ---- delegated tasks

    private void startTasks() throws TlsException {
        if (state == State.READY && !isTls13()) {
            // there is no other reason for work after the handshake in TLS 1.2
            throw report.renegotiation();
        }
        tasks.start(engine());
    }

    private void tasksEnded(@Nullable Throwable failed) {
        if (state == State.CLOSED) {
            closeEngine();
        } else if (failed != null) {
            fail(failed(failed));
        } else {
            tell();
        }
    }

    // ---- records

    private SSLEngine engine() {
        assert engine != null;
        return engine;
    }

    private boolean isTls13() {
        return session != null && session.getProtocol().equals("TLSv1.3");
    }

    /**
     * Decrypts what is there into {@code into}, and does whatever the engine wants to be done in between. Ends when
     * nothing more can be done now, or the handshake has ended.
     *
     * @return whether the peer has ended its bytes and all of them were decrypted
     */
    private boolean unwrap(ByteBuffer into) throws IOException {
        inbound.begin(into);
        try {
            while (true) {
                if (tasks.areRunning() || !doWhatIsWanted()) {
                    return false;
                }
                if (engine().isInboundDone()) {
                    return inboundDone();
                }
                if (state == State.SECURING && engine().getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
                    secured();
                    return false;
                }
                if (state == State.READY && !into.hasRemaining()) {
                    return false;
                }
                if (!inbound.decrypt(into)) {
                    return false;
                }
            }
        } finally {
            inbound.end();
        }
    }

    private void secured() throws SSLException {
        SSLSession agreed = engine().getSession();
        try {
            SecondLook.at(engine(), agreed, options, peer);
        } catch (CertificateException e) {
            throw report.of(e);
        }
        state = State.READY;
        session = agreed;
        progress.handshakeEnded();
        // in TLS 1.2 another one would be a renegotiation; in TLS 1.3 new keys and tickets look like data
        inbound.secured(!isTls13());
        requireAllowed(agreed);
    }

    private void requireAllowed(SSLSession agreed) throws TlsException {
        Identities allowed = options.identities();
        if (allowed == null) {
            return;
        }
        try {
            if (agreed.getPeerCertificates()[0] instanceof X509Certificate shown && allowed.allow(Identity.of(shown))) {
                return;
            }
        } catch (SSLPeerUnverifiedException e) {
            throw report.notAllowed(null);
        }
        throw report.notAllowed(identity());
    }

    private boolean inboundDone() throws TlsException {
        if (state == State.SECURING) {
            throw report.endedByPeer();
        }
        return true;
    }

    /** Does what the engine wants before it takes another record; false when that cannot be done now. */
    private boolean doWhatIsWanted() throws IOException {
        if (!outbound.speak()) {
            return false;
        }
        if (engine().getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            startTasks();
            return false;
        }
        return true;
    }

    // ---- bytes

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireIntact();
        if (state != State.READY || tasks.areRunning()) {
            return 0;
        }
        int start = into.position();
        boolean ended = false;
        try {
            inbound.handOver(into);
            ended = inbound.isEmpty() && unwrap(into);
            outbound.flush();
        } catch (IOException | RuntimeException e) {
            IOException cause = e instanceof IOException && !(e instanceof SSLException) ? (IOException) e : failed(e);
            if (into.position() == start) {
                throw cause;
            }
            // what was decrypted before comes first, and the next call fails
            if (!isTruncation(cause)) {
                failure = cause;
            }
        }
        int count = into.position() - start;
        return count == 0 && ended ? -1 : count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        requireIntact();
        if (state != State.READY || tasks.areRunning()) {
            return 0;
        }
        try {
            return outbound.encrypt(from, report);
        } catch (SSLException | RuntimeException e) {
            throw failed(e);
        }
    }

    @Override
    public int unflushed() {
        return outbound.held() + wire.unflushed();
    }

    @Override
    public int undelivered() {
        return inbound.held() + wire.undelivered();
    }

    @Override
    public boolean flush() throws IOException {
        requireIntact();
        if (state == State.READY && !tasks.areRunning()) {
            try {
                doWhatIsWanted();
            } catch (SSLException | RuntimeException e) {
                throw failed(e);
            }
        }
        return outbound.flush() && wire.flush();
    }

    /** Conscrypt's engine ends both directions when the peer ends one, so that two of them could not answer each other. */
    @Override
    public boolean canHalfClose() {
        return state == State.READY && isTls13() && RecordBuffers.isOfTheJdk(engine());
    }

    @Override
    public void shutdownWrite() throws IOException {
        requireIntact();
        if (state != State.READY) {
            wire.shutdownWrite();
            return;
        }
        outbound.close();
        try {
            doWhatIsWanted();
        } catch (SSLException | RuntimeException e) {
            throw failed(e);
        }
        outbound.flush();
        watchWire();
    }

    // ---- readiness

    @Override
    public void watch(int interest) {
        watched = interest;
        if (state == State.READY) {
            watchWire();
        }
    }

    private void watchWire() {
        int interest = outbound.isEmpty() ? Interest.NONE : Interest.WRITE;
        if (!tasks.areRunning() && state == State.SECURING) {
            interest |= engine != null && outbound.isStuck() ? Interest.WRITE : Interest.READ;
        } else if (!tasks.areRunning() && state == State.READY) {
            interest |= outbound.isStuck() ? Interest.WRITE : watched;
        }
        wire.watch(interest);
    }

    private void tell() {
        if (handler != null) {
            handler.ready(Interest.READ | Interest.WRITE);
        }
    }

    // ---- ends

    private void requireIntact() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** Fails by itself, and lets the handler find out. */
    private void fail(IOException cause) {
        failure = cause;
        stopDeadline();
        tell();
    }

    /** Takes note of a failure, tells the peer of it as far as that can be done at once, and returns it to be thrown. */
    private IOException failed(Throwable cause) {
        if (isTruncation(cause)) {
            return (TlsException) cause;
        }
        if (failure == null) {
            failure = report.of(cause);
            stopDeadline();
            sayLastWords();
        }
        return failure;
    }

    /** Whether the peer has ended its half in a wrong way, which is nothing against this one. */
    private static boolean isTruncation(Throwable cause) {
        return cause instanceof TlsException cut && cut.reason() == CloseReason.TLS_TRUNCATED;
    }

    private void sayLastWords() {
        CloseReason reason = failure instanceof TlsException known ? known.reason() : null;
        boolean isTls = reason != CloseReason.PLAINTEXT_ON_TLS;
        if ((isTls && engine == null) || tasks.areRunning() || state == State.WIRE) {
            return;
        }
        try {
            if (reason == CloseReason.TLS_FAILED || reason == CloseReason.ACCESS_DENIED) {
                inbound.spoil();
                outbound.close();
            }
            if (isTls) {
                outbound.sayLastWords();
            } else {
                outbound.refuse();
            }
            // bytes that nobody reads would make the system reset the connection, and the alert with it
            inbound.discard(LAST_READS, bufferKinds().onHeap());
        } catch (IOException | RuntimeException e) {
            // a wire that is TLS itself throws the same again
            if (failure != null && failure != e) {
                failure.addSuppressed(e);
            }
        }
    }

    @Override
    public void reset() {
        wire.reset();
        close();
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        stopDeadline();
        inbound.clear();
        outbound.clear();
        tasks.cancel();
        wire.close();
        if (!tasks.areRunning()) {
            closeEngine();
        }
    }

    /** Native engines hold memory until both directions are closed and all that they had to say was taken. */
    private void closeEngine() {
        SSLEngine closed = engine;
        if (closed == null) {
            return;
        }
        outbound.closeEngine();
        try {
            if (!closed.isInboundDone()) {
                closed.closeInbound();
            }
        } catch (SSLException e) {
            // it minds that the peer has not said goodbye, which is known
            return;
        }
    }

    // ---- facts

    @Override
    public @Nullable SSLSession session() {
        return session;
    }

    @Override
    public @Nullable String applicationProtocol() {
        String protocol = session == null || tasks.areRunning() ? null : engine().getApplicationProtocol();
        return protocol == null || protocol.isEmpty() ? null : protocol;
    }

    /** Bytes of records and plaintext that wait to go on. */
    int held() {
        return undelivered() + unflushed();
    }

    @Override
    public void setNoDelay(boolean on) {
        wire.setNoDelay(on);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return wire.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return wire.remoteAddress();
    }

    @Override
    public @Nullable String host() {
        return wire.host();
    }

    @Override
    public @Nullable SocketAddress proxyAddress() {
        return wire.proxyAddress();
    }

    @Override
    public String toString() {
        return "TlsTransport[" + state + ", " + held() + " bytes held, " + wire + "]";
    }
}
