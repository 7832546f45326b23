package dev.iostream.proxy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The binary header (The PROXY protocol, section 2.2). */
final class Version2 {
    static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private static final int COMMAND_AT = 12;
    private static final int FAMILY_AT = 13;
    private static final int LENGTH_AT = 14;
    private static final int FIXED = 16;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;

    private static final int LONGEST_ID = 128;

    private Version2() {}

    // ---- from bytes

    static @Nullable ProxyHeader decode(ByteBuffer bytes) throws ProxyProtocolException {
        int start = bytes.position();
        boolean local = bytes.remaining() > COMMAND_AT && isLocal(bytes.get(start + COMMAND_AT));
        int family = local || bytes.remaining() <= FAMILY_AT ? Addresses.UNSPEC : bytes.get(start + FAMILY_AT) & 0xFF;
        int addresses = Addresses.size(family);
        if (bytes.remaining() < FIXED) {
            return null;
        }
        int size = FIXED + (bytes.getShort(start + LENGTH_AT) & 0xFFFF);
        if (size > ProxyHeader.LONGEST) {
            throw new ProxyProtocolException("it has " + size + " bytes, more than " + ProxyHeader.LONGEST);
        }
        if (size < FIXED + addresses) {
            throw new ProxyProtocolException("it is too short for its addresses");
        }
        if (bytes.remaining() < size) {
            return null;
        }
        // of a proxy that connects for itself, all else is to be discarded, and may be anything
        ProxyHeader header = local ? ProxyHeader.ofLocal() : parse(bytes.slice(start, size), family, addresses);
        bytes.position(start + size);
        return header;
    }

    private static boolean isLocal(int command) throws ProxyProtocolException {
        if (command != LOCAL && command != PROXY) {
            throw new ProxyProtocolException("its version is not 2, or its command is none");
        }
        return command == LOCAL;
    }

    private static ProxyHeader parse(ByteBuffer whole, int family, int addresses) throws ProxyProtocolException {
        ProxyHeader header = Addresses.read(family, whole.slice(FIXED, addresses));
        ByteBuffer rest = whole.duplicate().position(FIXED + addresses);
        // of no family it may also be addresses of a kind that nobody knows
        return family == Addresses.UNSPEC && !ProxyTlv.fillUp(rest)
                ? header
                : new ProxyHeader(false, header.source(), header.destination(), tlvs(rest));
    }

    private static List<ProxyTlv> tlvs(ByteBuffer header) throws ProxyProtocolException {
        List<ProxyTlv> tlvs = new ArrayList<>();
        boolean checked = false;
        while (header.hasRemaining()) {
            ProxyTlv tlv = ProxyTlv.read(header);
            switch (tlv.type()) {
                case ProxyTlv.CRC32C -> {
                    if (checked || tlv.length() != Integer.BYTES) {
                        throw new ProxyProtocolException("it has two checksums, or one that is not of 4 bytes");
                    }
                    checked = true;
                    check(header, header.position() - Integer.BYTES);
                    tlvs.add(ProxyTlv.checksum());
                }
                case ProxyTlv.UNIQUE_ID -> {
                    if (tlv.length() > LONGEST_ID) {
                        throw new ProxyProtocolException("it has an identifier of more than " + LONGEST_ID + " bytes");
                    }
                    tlvs.add(tlv);
                }
                case ProxyTlv.SSL -> {
                    ProxySsl.parse(tlv);
                    tlvs.add(tlv);
                }
                default -> tlvs.add(tlv);
            }
        }
        return tlvs;
    }

    // ---- to bytes

    static byte[] encode(ProxyHeader header) {
        byte[] addresses = Addresses.block(header);
        int length = addresses.length + ProxyTlv.size(header.tlvs());
        if (FIXED + length > ProxyHeader.LONGEST) {
            throw new IllegalStateException("A PROXY header has " + ProxyHeader.LONGEST
                    + " bytes at most, and this one " + (FIXED + length) + "; leave something out: " + header);
        }
        ByteBuffer whole = ByteBuffer.allocate(FIXED + length)
                .put(SIGNATURE)
                .put((byte) (header.local() ? LOCAL : PROXY))
                .put((byte) Addresses.family(header))
                .putShort((short) length)
                .put(addresses);
        int checksumAt = -1;
        for (ProxyTlv tlv : header.tlvs()) {
            tlv.write(whole);
            if (tlv.type() == ProxyTlv.CRC32C) {
                checksumAt = whole.position() - Integer.BYTES;
            }
        }
        if (checksumAt >= 0) {
            whole.putInt(checksumAt, checksum(whole, checksumAt));
        }
        return whole.array();
    }

    // ---- the checksum

    private static void check(ByteBuffer header, int at) throws ProxyProtocolException {
        if (header.getInt(at) != checksum(header, at)) {
            throw new ProxyProtocolException("its checksum is wrong");
        }
    }

    /** Of the whole header, as if the checksum in it were 0 (section 2.2.3). */
    private static int checksum(ByteBuffer header, int at) {
        var checksum = new CRC32C();
        checksum.update(header.slice(0, at));
        checksum.update(new byte[Integer.BYTES]);
        int behind = at + Integer.BYTES;
        checksum.update(header.slice(behind, header.limit() - behind));
        return (int) checksum.getValue();
    }
}
