package dev.iostream.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a client, looked at for the name that it asks for (RFC 6066, section 3), because a server has to
 * choose its context before an engine reads the message.
 *
 * @param complete whether enough of it is there, or it can be told that it is no such message
 * @param serverName the name, or null
 */
record ClientHello(boolean complete, @Nullable String serverName) {
    private static final ClientHello INCOMPLETE = new ClientHello(false, null);
    private static final ClientHello WITHOUT_NAME = new ClientHello(true, null);
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    /** A longer message is left to the engine, with the default context. */
    private static final int LONGEST = 32 * 1024;

    /** Looks at the bytes from the position on, and does not move it. */
    static ClientHello parse(ByteBuffer wire) {
        ByteBuffer records = wire.duplicate();
        ByteBuffer message = ByteBuffer.allocate(Math.min(LONGEST, records.remaining()));
        while (records.remaining() >= RECORD_HEADER) {
            int type = records.get();
            records.getShort();
            int length = Short.toUnsignedInt(records.getShort());
            if (type != HANDSHAKE || length == 0) {
                return WITHOUT_NAME;
            }
            int here = Math.min(length, records.remaining());
            if (here > message.remaining()) {
                return WITHOUT_NAME;
            }
            message.put(message.position(), records, records.position(), here).position(message.position() + here);
            records.position(records.position() + here);
            if (here < length) {
                break;
            }
        }
        return ofMessage(message.flip());
    }

    private static ClientHello ofMessage(ByteBuffer message) {
        if (message.remaining() < 4) {
            return INCOMPLETE;
        }
        int type = message.get();
        int length = message.get() << 16 & 0xFF0000 | Short.toUnsignedInt(message.getShort());
        if (type != CLIENT_HELLO || length > LONGEST) {
            return WITHOUT_NAME;
        }
        if (message.remaining() < length) {
            return INCOMPLETE;
        }
        try {
            return ofBody(message.limit(message.position() + length));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            // the engine will say what is wrong with it
            return WITHOUT_NAME;
        }
    }

    private static ClientHello ofBody(ByteBuffer body) {
        body.position(body.position() + 2 + 32);
        skip(body, Byte.toUnsignedInt(body.get()));
        skip(body, Short.toUnsignedInt(body.getShort()));
        skip(body, Byte.toUnsignedInt(body.get()));
        if (!body.hasRemaining()) {
            return WITHOUT_NAME;
        }
        body.getShort();
        while (body.remaining() >= 4) {
            int type = Short.toUnsignedInt(body.getShort());
            int length = Short.toUnsignedInt(body.getShort());
            if (type == SERVER_NAME) {
                return ofNames(body);
            }
            skip(body, length);
        }
        return WITHOUT_NAME;
    }

    private static ClientHello ofNames(ByteBuffer names) {
        names.getShort();
        if (names.get() != HOST_NAME) {
            return WITHOUT_NAME;
        }
        byte[] name = new byte[Short.toUnsignedInt(names.getShort())];
        names.get(name);
        return new ClientHello(true, new String(name, StandardCharsets.US_ASCII));
    }

    private static void skip(ByteBuffer body, int count) {
        body.position(body.position() + count);
    }
}
