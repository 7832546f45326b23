package dev.iostream.tls;

import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Records that the wire has not taken, and its end after them. Holds a buffer only while there are such records. */
final class Outbound {
    /** Records that are made for one failure at most. */
    private static final int LAST_WORDS = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** A fatal alert, unexpected_message, as long as nothing is encrypted (RFC 8446, sections 5.1 and 6). */
    private static final byte[] UNEXPECTED_MESSAGE = {21, 3, 3, 0, 2, 2, 10};

    private final Transport wire;
    private final Progress progress;
    private @Nullable SSLEngine engine;
    private @Nullable RecordBuffers buffers;
    /** To be filled further; null when there is nothing. */
    private @Nullable ByteBuffer pending;
    /** The engine was told to say that this is all. Not every engine then says by its status that it wants to. */
    private boolean closing;
    /** The engine has a record for which there was no room. */
    private boolean overflowed;
    /** The last bytes are under way to the wire, which is then to be ended. */
    private boolean ending;

    Outbound(Transport wire, Progress progress) {
        this.wire = wire;
        this.progress = progress;
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

    boolean isEmpty() {
        return pending == null;
    }

    /** Bytes of records that wait for the wire. */
    int held() {
        return pending == null ? 0 : pending.position();
    }

    // ---- making records

    /** Encrypts what there is room for, and returns how much. */
    int encrypt(ByteBuffer from, HandshakeReport report) throws IOException {
        int start = from.position();
        while (flush() && from.hasRemaining()) {
            while (from.hasRemaining() && hasRoom()) {
                encryptRecord(from, report);
            }
        }
        return from.position() - start;
    }

    private void encryptRecord(ByteBuffer from, HandshakeReport report) throws IOException {
        if (engine().isOutboundDone()) {
            throw report.endedForBoth();
        }
        SSLEngineResult result = wrap(from);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw report.endedForBoth();
        }
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && !overflowed) {
            throw new SSLException("The engine encrypts nothing, in state " + result.getHandshakeStatus());
        }
    }

    /** Makes the records that the engine wants to send; false when there is no room for them. */
    boolean speak() throws IOException {
        while (wantsToSpeak()) {
            if (!hasRoom() && !flush() && !hasRoom()) {
                return false;
            }
            SSLEngineResult result = wrap(NOTHING);
            progress.answered();
            if (result.bytesProduced() == 0 && !overflowed && wantsToSpeak()) {
                break;
            }
        }
        return true;
    }

    private boolean wantsToSpeak() {
        boolean wants = closing || overflowed || engine().getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        return wants && !engine().isOutboundDone();
    }

    /** Whether the engine wants to send what there is no room for. */
    boolean isStuck() {
        return pending != null && wantsToSpeak();
    }

    /** Has the engine say that this is all, and ends the wire after that. */
    void close() {
        engine().closeOutbound();
        closing = true;
        ending = true;
    }

    /** Makes what the engine has to say of a failure, as far as there is room, and ends the wire after it. */
    void sayLastWords() throws IOException {
        for (int i = 0; i < LAST_WORDS && hasRoom() && wantsToSpeak(); i++) {
            wrap(NOTHING);
        }
        ending = true;
        flush();
    }

    /** Tells a peer that it does not speak TLS, also where there is no engine yet that could, and ends the wire. */
    void refuse() throws IOException {
        if (flush()) {
            wire.write(ByteBuffer.wrap(UNEXPECTED_MESSAGE));
        }
        ending = true;
        flush();
    }

    /** Whether another record fits in. */
    private boolean hasRoom() {
        return pending == null
                || (!overflowed && pending.remaining() >= engine().getSession().getPacketBufferSize());
    }

    /** Has the engine make one record. */
    private SSLEngineResult wrap(ByteBuffer from) throws SSLException {
        int size = engine().getSession().getPacketBufferSize();
        ByteBuffer into = pending == null ? buffers().take(size) : pending;
        try {
            SSLEngineResult result = engine().wrap(from, into);
            overflowed = result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW;
            if (overflowed && into.position() == 0) {
                throw new SSLException("The engine wants more room for a record than it said: " + size + " bytes");
            }
            return result;
        } finally {
            if (into.position() == 0) {
                buffers().give(into);
                pending = null;
            } else {
                pending = into;
            }
        }
    }

    // ---- sending them

    /** Gives the wire what it takes; true when nothing is left. */
    boolean flush() throws IOException {
        ByteBuffer records = pending;
        if (records != null) {
            try {
                wire.write(records.flip());
            } finally {
                records.compact();
            }
            if (records.position() > 0) {
                return false;
            }
            buffers().give(records);
            pending = null;
        }
        if (ending) {
            ending = false;
            wire.shutdownWrite();
        }
        return true;
    }

    /** Closes the engine's half, and forgets what it has to say. */
    void closeEngine() {
        engine().closeOutbound();
        ByteBuffer unsent = buffers().take(engine().getSession().getPacketBufferSize());
        try {
            for (int i = 0; i < LAST_WORDS && !engine().isOutboundDone(); i++) {
                engine().wrap(NOTHING, unsent.clear());
            }
        } catch (SSLException | RuntimeException e) {
            // what is wrong with the connection has been told
            return;
        } finally {
            buffers().give(unsent);
        }
    }

    /** Forgets what is pending. */
    void clear() {
        if (pending != null) {
            buffers().give(pending);
            pending = null;
        }
    }
}
