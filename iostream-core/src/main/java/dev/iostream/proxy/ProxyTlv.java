package dev.iostream.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One piece of what a proxy tells beside the addresses: a type and a value (The PROXY protocol, section 2.2). Immutable.
 *
 * <p>The types that the specification names are constants; those from 0xE0 to 0xEF mean what the sender says they mean.
 */
public final class ProxyTlv {
    /** The protocol that client and proxy agreed on (section 2.2.1). */
    public static final int ALPN = 0x01;
    /** The host name that the client asked for (section 2.2.2). */
    public static final int AUTHORITY = 0x02;
    /** A checksum of the header (section 2.2.3). */
    public static final int CRC32C = 0x03;
    /** Padding (section 2.2.4). */
    public static final int NOOP = 0x04;
    /** An identifier of the connection, at most 128 bytes (section 2.2.5). */
    public static final int UNIQUE_ID = 0x05;
    /** What the proxy knows of the client's TLS (section 2.2.6). */
    public static final int SSL = 0x20;
    /** The name of a network namespace (section 2.2.7). */
    public static final int NETNS = 0x30;
    /** What AWS tells: a subtype, and its value. */
    public static final int AWS = 0xEA;

    /** Bytes of type and length. */
    private static final int OVERHEAD = 3;

    private static final int LARGEST = 0xFFFF;

    private final int type;
    private final byte[] value;

    private ProxyTlv(int type, byte[] value) {
        if (type < 0 || type > 0xFF) {
            throw new IllegalArgumentException("The type of a TLV must be from 0 to 255, was " + type);
        }
        if (value.length > LARGEST) {
            throw new IllegalArgumentException("The value of a TLV has 65535 bytes at most, not " + value.length);
        }
        this.type = type;
        this.value = value;
    }

    /**
     * A value of that type.
     *
     * @param type from 0 to 255
     */
    public static ProxyTlv of(int type, byte[] value) {
        return new ProxyTlv(type, value.clone());
    }

    /** A text of that type, in UTF-8. */
    public static ProxyTlv of(int type, String text) {
        return new ProxyTlv(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The place of a checksum, which {@link ProxyHeader#encodeV2} works out and a receiver checks. */
    public static ProxyTlv checksum() {
        return new ProxyTlv(CRC32C, new byte[Integer.BYTES]);
    }

    /** Whether what remains is TLVs to its last byte, going by their lengths. */
    static boolean fillUp(ByteBuffer remaining) {
        int at = remaining.position();
        while (at + OVERHEAD <= remaining.limit()) {
            at += OVERHEAD + (remaining.getShort(at + 1) & LARGEST);
        }
        return at == remaining.limit();
    }

    static ProxyTlv read(ByteBuffer from) throws ProxyProtocolException {
        if (from.remaining() < OVERHEAD) {
            throw new ProxyProtocolException("a TLV is cut short");
        }
        int type = from.get() & 0xFF;
        int length = from.getShort() & LARGEST;
        if (from.remaining() < length) {
            throw new ProxyProtocolException("a TLV says that it is longer than the header");
        }
        byte[] value = new byte[length];
        from.get(value);
        return new ProxyTlv(type, value);
    }

    void write(ByteBuffer to) {
        to.put((byte) type).putShort((short) value.length).put(value);
    }

    /** What it is, from 0 to 255. */
    public int type() {
        return type;
    }

    /** A copy of the value. */
    public byte[] value() {
        return value.clone();
    }

    int length() {
        return value.length;
    }

    /** Bytes that they take when they are written. */
    static int size(List<ProxyTlv> tlvs) {
        return tlvs.stream().mapToInt(tlv -> OVERHEAD + tlv.value.length).sum();
    }

    /** The value as UTF-8. It is as the proxy, or its client, gave it: escape it before it goes into a log. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProxyTlv tlv && type == tlv.type && Arrays.equals(value, tlv.value);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(value);
    }

    /** The type and the length, without the value. */
    @Override
    public String toString() {
        return String.format("TLV 0x%02X of %d bytes", type, value.length);
    }
}
