package dev.iostream.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Bytes of TLS put together by hand: records, and messages of the handshake before it is encrypted. */
public final class HandMade {
    private static final int HEADER = 5;
    /** The random value that makes a ServerHello a HelloRetryRequest (RFC 8446, section 4.1.3). */
    private static final byte[] RETRY =
            HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    private HandMade() {}

    public static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    public static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static byte[] repeat(int times, byte[] part) {
        ByteBuffer all = ByteBuffer.allocate(times * part.length);
        while (all.hasRemaining()) {
            all.put(part);
        }
        return all.array();
    }

    private static byte[] sized(byte[] content) {
        return join(bytes(content.length >> 8, content.length), content);
    }

    public static byte[] inRecord(int type, byte[] content) {
        return join(bytes(type, 3, 3), sized(content));
    }

    /** The beginning of a record that says to be longer than what comes. */
    public static byte[] recordBegun(int length, byte[] content) {
        return join(bytes(ScriptedTls.HANDSHAKE, 3, 3, length >> 8, length), content);
    }

    public static byte[] message(int type, byte[] body) {
        return join(bytes(type, body.length >> 16), sized(body));
    }

    /** The header of a message that says to be so long. */
    public static byte[] messageBegun(int type, int length) {
        return bytes(type, length >> 16, length >> 8, length);
    }

    public static byte[] alert(int level, int description) {
        return inRecord(ScriptedTls.ALERT, bytes(level, description));
    }

    public static byte[] extension(int type, byte[] content) {
        return join(bytes(type >> 8, type), sized(content));
    }

    /** A message in records with so many bytes each. */
    public static byte[] cut(int size, byte[] message) {
        var records = new ByteArrayOutputStream();
        for (int i = 0; i < message.length; i += size) {
            records.writeBytes(inRecord(
                    ScriptedTls.HANDSHAKE, Arrays.copyOfRange(message, i, Math.min(message.length, i + size))));
        }
        return records.toByteArray();
    }

    /** The first message of an ordinary client, without its record. */
    public static byte[] clientHello(String host) {
        SSLEngine engine = TestCertificates.client().createSSLEngine(host, 443);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(32 * 1024);
        try {
            engine.wrap(ByteBuffer.allocate(0), record);
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
        return Arrays.copyOfRange(record.array(), HEADER, record.position());
    }

    /** What an ordinary server answers to a client's first record. */
    public static byte[] answerTo(byte[] helloRecord) {
        SSLEngine engine = TestCertificates.server().createSSLEngine();
        engine.setUseClientMode(false);
        ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
        try {
            engine.unwrap(ByteBuffer.wrap(helloRecord), ByteBuffer.allocate(0));
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                engine.wrap(ByteBuffer.allocate(0), answer);
            }
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }

    /** The same message with that extension, in place of its own if it has one. */
    public static byte[] with(byte[] hello, int type, byte[] content) {
        return with(hello, extension(type, content));
    }

    /** The same with several. */
    public static byte[] with(byte[] hello, byte[] added) {
        ByteBuffer message = ByteBuffer.wrap(hello);
        int start = extensions(hello);
        Map<Integer, byte[]> extensions = new LinkedHashMap<>();
        message.position(start + 2);
        read(message, extensions);
        read(ByteBuffer.wrap(added), extensions);
        var all = new ByteArrayOutputStream();
        extensions.forEach((type, content) -> all.writeBytes(extension(type, content)));
        return message(hello[0], join(Arrays.copyOfRange(hello, 4, start), sized(all.toByteArray())));
    }

    private static void read(ByteBuffer from, Map<Integer, byte[]> extensions) {
        while (from.hasRemaining()) {
            int type = Short.toUnsignedInt(from.getShort());
            byte[] content = new byte[Short.toUnsignedInt(from.getShort())];
            from.get(content);
            extensions.put(type, content);
        }
    }

    private static int extensions(byte[] hello) {
        ByteBuffer message = ByteBuffer.wrap(hello);
        message.position(4 + 2 + 32);
        message.position(message.position() + 1 + message.get(message.position()));
        message.position(message.position() + 2 + message.getShort(message.position()));
        return message.position() + 1 + message.get(message.position());
    }

    /** A server's wish that the client say hello again with a key of that group. */
    public static byte[] retry(byte[] hello, int group) {
        int session = 4 + 2 + 32;
        byte[] id = Arrays.copyOfRange(hello, session, session + 1 + hello[session]);
        byte[] extensions = join(extension(43, bytes(3, 4)), extension(51, bytes(group >> 8, group)));
        return message(2, join(bytes(3, 3), RETRY, id, bytes(0x13, 1, 0), sized(extensions)));
    }
}
