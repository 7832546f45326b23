package dev.iostream.tls;

import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Records on their way from the wire to whoever reads. Holds memory only while there are bytes in it.
 *
 * <p>From {@link #begin} to {@link #end} the records are in a buffer that all connections of the loop share.
 */
final class Inbound {
    /** Bytes that are looked at for the name that a client asks for; more are left to the engine. */
    private static final int MOST_PEEKED = 64 * 1024;
    /** Bytes read from the wire at once at most. */
    private static final int WIRE_READ = 64 * 1024;
    /** Bytes that say what a record is and how long. */
    private static final int HEADER = 5;
    /** The longest record that TLS 1.2 allows (RFC 5246, section 6.2.3); TLS 1.3 allows less. */
    private static final int LONGEST = (1 << 14) + 2048;

    private static final int HANDSHAKE = 22;
    /** The types of records, from change_cipher_spec to heartbeat (RFC 8446, appendix B.1). */
    private static final int FIRST_TYPE = 20;

    private static final int LAST_TYPE = 24;
    /** One byte of data that nobody has encrypted. */
    private static final byte[] NO_RECORD = {23, 3, 3, 0, 1, 0};

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final Transport wire;
    private final boolean client;
    private final Progress progress;
    private final HandshakeReport report;
    private final Leftover leftover = new Leftover();
    private @Nullable SSLEngine engine;
    private @Nullable RecordBuffers buffers;
    /** Plaintext that nobody has taken, to be read further; null when there is none. */
    private @Nullable ByteBuffer plain;

    private boolean firstBytesSeen;
    private boolean handshakesAreOver;
    private ByteBuffer records = NONE;
    /** Where the plaintext of this pass begins. */
    private int start;

    Inbound(Transport wire, boolean client, Progress progress, HandshakeReport report) {
        this.wire = wire;
        this.client = client;
        this.progress = progress;
        this.report = report;
    }

    void use(SSLEngine newEngine, RecordBuffers newBuffers) {
        engine = newEngine;
        buffers = newBuffers;
    }

    private SSLEngine engine() {
        assert engine != null;
        return engine;
    }

    private RecordBuffers buffers() {
        assert buffers != null;
        return buffers;
    }

    // ---- before there is an engine

    /** Looks for the name that a client asks for; null when not enough has come to tell. */
    @Nullable
    ClientHello peek(RecordBuffers heap) throws IOException {
        records = leftover.moveTo(heap.lendInbound());
        try {
            ClientHello hello = parse();
            while (!hello.complete() && records.remaining() < MOST_PEEKED) {
                if (!fill(RecordBuffers.SIZE)) {
                    return null;
                }
                hello = parse();
            }
            return hello;
        } finally {
            giveBack(heap);
        }
    }

    private ClientHello parse() throws TlsException {
        checkFirstBytes(false);
        return ClientHello.parse(records);
    }

    // ---- a pass

    /** Begins to decrypt into {@code into}. */
    void begin(ByteBuffer into) {
        start = into.position();
        records = leftover.moveTo(buffers().lendInbound());
    }

    /** Ends what was begun, and keeps the bytes that could not be used yet. */
    void end() {
        giveBack(buffers());
    }

    private void giveBack(RecordBuffers owner) {
        leftover.keep(records);
        owner.takeBackInbound(records);
        records = NONE;
    }

    /**
     * Decrypts one record, after reading the wire if it has to.
     *
     * @return false when no record is all there, or its plaintext has to be taken first
     */
    boolean decrypt(ByteBuffer into) throws IOException {
        checkFirstBytes(false);
        checkHeader();
        SSLEngineResult result = engine().unwrap(records, into);
        return switch (result.getStatus()) {
            case OK -> count(result);
            case BUFFER_UNDERFLOW -> fillFor(into);
            case BUFFER_OVERFLOW -> decryptAside(into);
            case CLOSED -> closed(result);
        };
    }

    /** Some engines say this once one direction is closed, and go on with the other. */
    private boolean closed(SSLEngineResult result) throws SSLException {
        return result.bytesConsumed() + result.bytesProduced() > 0 ? count(result) : engine().isInboundDone();
    }

    /** A record that does not fit into what the reader has is decrypted beside it, and handed over in parts. */
    private boolean decryptAside(ByteBuffer into) throws IOException {
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
            case OK -> count(result);
            case BUFFER_UNDERFLOW -> fillFor(into);
            case BUFFER_OVERFLOW ->
                throw new SSLException("The engine wants more room for a record than it said: "
                        + engine().getSession().getApplicationBufferSize() + " bytes");
            case CLOSED -> closed(result);
        };
    }

    private boolean count(SSLEngineResult result) throws SSLException {
        progress.received(result);
        return true;
    }

    // ---- what nobody has taken

    boolean isEmpty() {
        return plain == null;
    }

    /** Bytes of records and plaintext that wait. */
    int held() {
        return leftover.size() + (plain == null ? 0 : plain.remaining());
    }

    /** Gives the reader what was decrypted before. */
    void handOver(ByteBuffer into) {
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

    /** Forgets everything. */
    void clear() {
        if (plain != null) {
            buffers().give(plain);
            plain = null;
        }
        leftover.clear();
    }

    // ---- the wire

    private boolean fillFor(ByteBuffer into) throws IOException {
        boolean gotSome = into.position() > start;
        int most = Math.min(WIRE_READ, Math.max(engine().getSession().getPacketBufferSize(), into.remaining()));
        // what was decrypted is handed over before a failure is
        return !(gotSome && into.remaining() < RecordBuffers.SIZE / 2) && (gotSome ? readWire(most) > 0 : fill(most));
    }

    /** Reads the wire once, behind what is there; false when nothing came. */
    private boolean fill(int most) throws IOException {
        int count = readWire(most);
        if (count < 0) {
            checkFirstBytes(true);
            throw progress.isSecured() ? report.truncated() : report.endedByPeer();
        }
        return count > 0;
    }

    private int readWire(int most) throws IOException {
        records.compact();
        records.limit(Math.min(records.capacity(), records.position() + most));
        try {
            return wire.read(records);
        } finally {
            records.flip();
        }
    }

    private void checkFirstBytes(boolean all) throws TlsException {
        if (firstBytesSeen || records.remaining() < (all ? 1 : FirstBytes.ENOUGH)) {
            return;
        }
        firstBytesSeen = true;
        String wrong = FirstBytes.wrong(records, client);
        if (wrong != null) {
            throw report.notTls(wrong);
        }
    }

    private void checkHeader() throws TlsException {
        if (records.remaining() < HEADER) {
            return;
        }
        int header = records.position();
        if (handshakesAreOver && records.get(header) == HANDSHAKE) {
            throw report.renegotiation();
        }
        int type = records.get(header);
        if (type < FIRST_TYPE || type > LAST_TYPE) {
            throw report.noRecord(type);
        }
        int length = records.getShort(header + HEADER - 2) & 0xFFFF;
        if (length > LONGEST) {
            // some engines would wait for as much as is announced, and hold it
            throw report.tooLong(length, LONGEST);
        }
    }

    /** The handshake has ended; unless that is {@code last}, messages of the kind may still come in other records. */
    void secured(boolean last) {
        handshakesAreOver = last;
    }

    /**
     * Has the engine fail if it takes a record now, so that it has a fatal alert to send. For what others find wrong with
     * the peer it has none but close_notify, which says that all is well.
     */
    void spoil() {
        try {
            engine().unwrap(ByteBuffer.wrap(NO_RECORD), ByteBuffer.allocate(NO_RECORD.length));
        } catch (SSLException e) {
            // just what was wanted
            return;
        }
    }

    /** Reads the wire and forgets it, {@code times} at most. */
    void discard(int times, RecordBuffers spare) throws IOException {
        ByteBuffer unread = spare.lendInbound();
        try {
            for (int i = 0; i < times && wire.read(unread.clear()) > 0; i++) {
                continue;
            }
        } finally {
            spare.takeBackInbound(unread);
        }
    }
}
