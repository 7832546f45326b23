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
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
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
 *
 * <p>While a delegated task runs, on another thread, the engine is left alone: its methods would wait for the task.
 */
final class TlsTransport implements SecureTransport {
    /** Records in a row that may bring no data: session tickets, new keys. */
    private static final int MOST_BARREN = 32;
    /** Records of one handshake, which may be cut into small ones. */
    private static final int MOST_OF_HANDSHAKE = 8192;
    /** Bytes that are looked at for the name that a client asks for; more are left to the engine. */
    private static final int MOST_PEEKED = 64 * 1024;
    /** Bytes read from the wire at once at most. */
    private static final int WIRE_READ = 64 * 1024;
    /** Handshake records that are written for one failure at most. */
    private static final int LAST_WORDS = 4;

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
    private final Executor executor;
    private final Outbound outbound;
    private final Leftover leftover = new Leftover();

    private State state = State.WIRE;
    private @Nullable ReadyHandler handler;
    private @Nullable SSLEngine engine;
    private @Nullable RecordBuffers buffers;
    /** What the handshake has agreed on, once it has ended. */
    private @Nullable SSLSession session;
    /** Plaintext that nobody has taken, to be read further; null when there is none. */
    private @Nullable ByteBuffer plain;

    private @Nullable Timeout deadline;
    private TaskLine.@Nullable Entry tasks;
    private @Nullable IOException failure;
    private boolean taskRunning;
    private boolean firstBytesSeen;
    private int barren;
    private int watched;

    TlsTransport(Transport wire, TlsOptions options, TlsPeer peer, IOLoop loop, Executor executor) {
        this.wire = wire;
        this.outbound = new Outbound(wire);
        this.options = options;
        this.peer = peer;
        this.loop = loop;
        this.executor = executor;
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
            throw state == State.SECURING ? report().brokenOff(e) : e;
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
        engine = made;
        buffers =
                loop.local(RecordBuffers.Kinds.class, RecordBuffers.Kinds::new).of(made);
        outbound.use(buffers);
        made.beginHandshake();
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
            RecordBuffers heap = loop.local(RecordBuffers.Kinds.class, RecordBuffers.Kinds::new)
                    .onHeap();
            ByteBuffer shared = leftover.moveTo(heap.lendInbound());
            try {
                ClientHello hello = peek(shared);
                while (!hello.complete() && shared.remaining() < MOST_PEEKED) {
                    if (!fill(shared, RecordBuffers.SIZE)) {
                        return false;
                    }
                    hello = peek(shared);
                }
                asked = hello.serverName();
            } finally {
                leftover.keep(shared);
                heap.takeBackInbound(shared);
            }
        }
        use(Engines.create(options, peer, wire.remoteAddress(), asked));
        return true;
    }

    private ClientHello peek(ByteBuffer shared) throws TlsException {
        checkFirstBytes(shared, false);
        return ClientHello.parse(shared);
    }

    private void startDeadline() {
        if (deadline == null) {
            Duration limit = options.handshakeTimeout();
            deadline = loop.addTimeout(limit, () -> fail(report().deadline(limit)));
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            loop.removeTimeout(deadline);
            deadline = null;
        }
    }

    private HandshakeReport report() {
        return new HandshakeReport(options, peer.text(wire.remoteAddress()));
    }

    // ---- delegated tasks

    private void startTasks() throws TlsException {
        if (state == State.READY && !isTls13()) {
            // there is no other reason for work after the handshake in TLS 1.2
            throw report().renegotiation();
        }
        taskRunning = true;
        SSLEngine working = engine();
        tasks = TaskLine.of(loop).submit(executor, () -> {
            Throwable failed = runTasks(working);
            try {
                loop.addCallback(() -> tasksEnded(failed));
            } catch (RejectedExecutionException e) {
                // the loop has closed, and this transport with it
                return;
            }
        });
    }

    private static @Nullable Throwable runTasks(SSLEngine working) {
        try {
            for (Runnable task = working.getDelegatedTask(); task != null; task = working.getDelegatedTask()) {
                task.run();
            }
            return null;
        } catch (Throwable failed) {
            return failed;
        }
    }

    private void tasksEnded(@Nullable Throwable failed) {
        taskRunning = false;
        tasks = null;
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

    private RecordBuffers buffers() {
        assert buffers != null;
        return buffers;
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
        int start = into.position();
        ByteBuffer records = leftover.moveTo(buffers().lendInbound());
        try {
            while (true) {
                if (taskRunning || !doWhatIsWanted()) {
                    return false;
                }
                if (engine().isInboundDone()) {
                    return inboundDone();
                }
                if (state == State.SECURING && engine().getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
                    state = State.READY;
                    barren = 0;
                    session = engine().getSession();
                    requireAllowed(session);
                    return false;
                }
                if (state == State.READY && !into.hasRemaining()) {
                    return false;
                }
                if (!unwrapRecord(records, into, into.position() > start)) {
                    return false;
                }
            }
        } finally {
            leftover.keep(records);
            buffers().takeBackInbound(records);
        }
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
            throw report().notAllowed(null);
        }
        throw report().notAllowed(identity());
    }

    private boolean inboundDone() throws TlsException {
        if (state == State.SECURING) {
            throw report().endedByPeer();
        }
        return true;
    }

    /** Does what the engine wants before it takes another record; false when that cannot be done now. */
    private boolean doWhatIsWanted() throws IOException {
        HandshakeStatus status = engine().getHandshakeStatus();
        while (status == HandshakeStatus.NEED_WRAP && !engine().isOutboundDone()) {
            if (!outbound.hasRoom(engine()) && !outbound.flush() && !outbound.hasRoom(engine())) {
                return false;
            }
            SSLEngineResult result = outbound.wrap(engine(), NOWHERE);
            if (result.bytesProduced() == 0 && result.getHandshakeStatus() == status) {
                break;
            }
            status = engine().getHandshakeStatus();
        }
        if (status == HandshakeStatus.NEED_TASK) {
            startTasks();
            return false;
        }
        return true;
    }

    /** Decrypts one record; false when it is not all there, or its plaintext has to be taken first. */
    private boolean unwrapRecord(ByteBuffer records, ByteBuffer into, boolean gotSome) throws IOException {
        if (state == State.SECURING) {
            checkFirstBytes(records, false);
        }
        SSLEngineResult result = engine().unwrap(records, into);
        switch (result.getStatus()) {
            case OK -> {
                count(result);
                return true;
            }
            case BUFFER_UNDERFLOW -> {
                return fillFor(records, into, gotSome);
            }
            case BUFFER_OVERFLOW -> {
                return unwrapAside(records, into, gotSome);
            }
            default -> {
                return engine().isInboundDone();
            }
        }
    }

    private boolean fillFor(ByteBuffer records, ByteBuffer into, boolean gotSome) throws IOException {
        int most = Math.min(WIRE_READ, Math.max(engine().getSession().getPacketBufferSize(), into.remaining()));
        // what was decrypted is handed over before a failure is
        return !(gotSome && into.remaining() < RecordBuffers.SIZE / 2)
                && (gotSome ? fillQuietly(records, most) : fill(records, most));
    }

    /** A record that does not fit into what the reader has is decrypted beside it, and handed over in parts. */
    private boolean unwrapAside(ByteBuffer records, ByteBuffer into, boolean gotSome) throws IOException {
        ByteBuffer aside = buffers().take(engine().getSession().getApplicationBufferSize());
        SSLEngineResult result;
        try {
            result = engine().unwrap(records, aside);
        } catch (SSLException | RuntimeException e) {
            buffers().give(aside);
            throw e;
        }
        if (aside.position() == 0) {
            buffers().give(aside);
        } else {
            plain = aside.flip();
            handOver(into);
        }
        return switch (result.getStatus()) {
            case OK -> {
                count(result);
                yield true;
            }
            case BUFFER_UNDERFLOW -> fillFor(records, into, gotSome);
            case BUFFER_OVERFLOW ->
                throw new SSLException("The engine wants more room for a record than it said: "
                        + engine().getSession().getApplicationBufferSize() + " bytes");
            case CLOSED -> true;
        };
    }

    private void handOver(ByteBuffer into) {
        ByteBuffer from = plain;
        if (from == null) {
            return;
        }
        int count = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, from.position(), count).position(into.position() + count);
        from.position(from.position() + count);
        if (!from.hasRemaining()) {
            buffers().give(from);
            plain = null;
        }
    }

    private void count(SSLEngineResult result) throws TlsException {
        if (result.bytesProduced() > 0) {
            barren = 0;
        } else if (result.bytesConsumed() > 0 && ++barren > (state == State.READY ? MOST_BARREN : MOST_OF_HANDSHAKE)) {
            throw report().barren(barren);
        }
    }

    /** Reads the wire once, behind what is there; false when nothing came. */
    private boolean fill(ByteBuffer records, int most) throws IOException {
        int count = readWire(records, most);
        if (count < 0) {
            checkFirstBytes(records, true);
            throw state == State.READY ? report().truncated() : report().endedByPeer();
        }
        return count > 0;
    }

    /** The same; an end is found again by the next call. */
    private boolean fillQuietly(ByteBuffer records, int most) throws IOException {
        return readWire(records, most) > 0;
    }

    private int readWire(ByteBuffer records, int most) throws IOException {
        records.compact();
        records.limit(Math.min(records.capacity(), records.position() + most));
        try {
            return wire.read(records);
        } finally {
            records.flip();
        }
    }

    private void checkFirstBytes(ByteBuffer records, boolean all) throws TlsException {
        if (firstBytesSeen || records.remaining() < (all ? 1 : FirstBytes.ENOUGH)) {
            return;
        }
        firstBytesSeen = true;
        String wrong = FirstBytes.wrong(records, options.client());
        if (wrong != null) {
            throw report().notTls(wrong);
        }
    }

    // ---- bytes

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireIntact();
        if (state != State.READY || taskRunning) {
            return 0;
        }
        int start = into.position();
        try {
            handOver(into);
            boolean ended = plain == null && unwrap(into);
            outbound.flush();
            int count = into.position() - start;
            return count == 0 && ended ? -1 : count;
        } catch (SSLException | RuntimeException e) {
            throw failed(e);
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        requireIntact();
        if (state != State.READY || taskRunning) {
            return 0;
        }
        int start = from.position();
        try {
            while (outbound.flush() && from.hasRemaining()) {
                while (from.hasRemaining() && outbound.hasRoom(engine())) {
                    encrypt(from);
                }
            }
            return from.position() - start;
        } catch (SSLException | RuntimeException e) {
            throw failed(e);
        }
    }

    private void encrypt(ByteBuffer from) throws IOException {
        if (engine().isOutboundDone()) {
            throw report().endedForBoth();
        }
        SSLEngineResult result = outbound.wrap(engine(), from);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw report().endedForBoth();
        }
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
            throw new SSLException("The engine encrypts nothing, in state " + result.getHandshakeStatus());
        }
    }

    @Override
    public boolean flush() throws IOException {
        requireIntact();
        if (state == State.READY && !taskRunning) {
            try {
                doWhatIsWanted();
            } catch (SSLException | RuntimeException e) {
                throw failed(e);
            }
        }
        return outbound.flush() && wire.flush();
    }

    @Override
    public boolean canHalfClose() {
        return state == State.READY && isTls13();
    }

    @Override
    public void shutdownWrite() throws IOException {
        requireIntact();
        if (state != State.READY) {
            wire.shutdownWrite();
            return;
        }
        engine().closeOutbound();
        outbound.end();
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
        if (!taskRunning && state == State.SECURING) {
            boolean stuck = engine != null && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            interest |= stuck ? Interest.WRITE : Interest.READ;
        } else if (!taskRunning && state == State.READY) {
            boolean stuck = !outbound.isEmpty() && engine().getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            interest |= stuck ? Interest.WRITE : watched;
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
        if (failure == null) {
            failure = report().of(cause);
            stopDeadline();
            sayLastWords();
        }
        return failure;
    }

    private void sayLastWords() {
        if (engine == null || taskRunning || state == State.WIRE) {
            return;
        }
        try {
            if (failure instanceof TlsException known
                    && (known.reason() == CloseReason.TLS_FAILED || known.reason() == CloseReason.ACCESS_DENIED)) {
                engine.closeOutbound();
            }
            for (int i = 0;
                    i < LAST_WORDS
                            && outbound.hasRoom(engine())
                            && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
                    i++) {
                outbound.wrap(engine(), NOWHERE);
            }
            outbound.end();
            outbound.flush();
            // bytes that nobody reads would make the system reset the connection, and the alert with it
            ByteBuffer unread = buffers().lendInbound();
            for (int i = 0; i < LAST_WORDS && wire.read(unread.clear()) > 0; i++) {
                continue;
            }
            buffers().takeBackInbound(unread);
        } catch (IOException | RuntimeException e) {
            // a wire that is TLS itself throws the same again
            if (failure != null && failure != e) {
                failure.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        stopDeadline();
        outbound.clear();
        if (plain != null) {
            buffers().give(plain);
            plain = null;
        }
        if (tasks != null && TaskLine.of(loop).remove(tasks)) {
            taskRunning = false;
        }
        leftover.clear();
        wire.close();
        if (!taskRunning) {
            closeEngine();
        }
    }

    /** Native engines hold memory until they are closed; the JDK's would only give up its session. */
    private void closeEngine() {
        if (engine != null && !RecordBuffers.isOfTheJdk(engine)) {
            engine.closeOutbound();
            try {
                engine.closeInbound();
            } catch (SSLException e) {
                // it minds that the peer has not said goodbye, which is known
                return;
            }
        }
    }

    // ---- facts

    @Override
    public @Nullable SSLSession session() {
        return session;
    }

    @Override
    public @Nullable String applicationProtocol() {
        String protocol = session == null || taskRunning ? null : engine().getApplicationProtocol();
        return protocol == null || protocol.isEmpty() ? null : protocol;
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
    public @Nullable SocketAddress proxyAddress() {
        return wire.proxyAddress();
    }

    @Override
    public String toString() {
        return "TlsTransport[" + state + ", " + wire + "]";
    }
}
