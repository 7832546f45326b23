package dev.iostream.tls;

import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Records that the wire has not taken, and its end after them. Holds a buffer only while there are such records. */
final class Outbound {
    private final Transport wire;
    private @Nullable RecordBuffers buffers;
    /** To be filled further; null when there is nothing. */
    private @Nullable ByteBuffer pending;
    /** The last bytes are under way to the wire, which is then to be ended. */
    private boolean ending;

    Outbound(Transport wire) {
        this.wire = wire;
    }

    void use(RecordBuffers newBuffers) {
        buffers = newBuffers;
    }

    private RecordBuffers buffers() {
        assert buffers != null;
        return buffers;
    }

    boolean isEmpty() {
        return pending == null;
    }

    /** Whether another record fits in. */
    boolean hasRoom(SSLEngine engine) {
        return pending == null || pending.remaining() >= engine.getSession().getPacketBufferSize();
    }

    /** Has the engine make one record. */
    SSLEngineResult wrap(SSLEngine engine, ByteBuffer from) throws SSLException {
        int size = engine.getSession().getPacketBufferSize();
        ByteBuffer into = pending == null ? buffers().take(size) : pending;
        try {
            SSLEngineResult result = engine.wrap(from, into);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
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

    /** Ends the wire after what is pending. */
    void end() {
        ending = true;
    }

    /** Forgets what is pending. */
    void clear() {
        if (pending != null) {
            buffers().give(pending);
            pending = null;
        }
    }
}
