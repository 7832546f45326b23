package dev.iostream.proxy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy knows of the TLS between its client and itself (The PROXY protocol, section 2.2.6). Texts are as the proxy,
 * or its client, gave them: escape them before they go into a log.
 *
 * @param tls whether the client speaks TLS to the proxy
 * @param certificate whether the client gave a certificate, in this connection or before in the same TLS session
 * @param verified whether it gave one and the proxy has verified it
 * @param version the version of TLS, such as {@code TLSv1.3}, or null
 * @param commonName that of the client's certificate, or null
 * @param cipher the cipher suite, or null
 * @param signatureAlgorithm what the proxy's certificate is signed with, such as {@code SHA256}, or null
 * @param keyAlgorithm what the key of the proxy's certificate is, such as {@code RSA2048}, or null
 */
public record ProxySsl(
        boolean tls,
        boolean certificate,
        boolean verified,
        @Nullable String version,
        @Nullable String commonName,
        @Nullable String cipher,
        @Nullable String signatureAlgorithm,
        @Nullable String keyAlgorithm) {
    private static final int CLIENT_SSL = 0x01;
    private static final int CLIENT_CERT_CONN = 0x02;
    private static final int CLIENT_CERT_SESS = 0x04;

    private static final int VERSION = 0x21;
    private static final int COMMON_NAME = 0x22;
    private static final int CIPHER = 0x23;
    private static final int SIGNATURE_ALGORITHM = 0x24;
    private static final int KEY_ALGORITHM = 0x25;

    private static final int FIXED = 1 + Integer.BYTES;

    static ProxySsl parse(ProxyTlv tlv) throws ProxyProtocolException {
        ByteBuffer value = ByteBuffer.wrap(tlv.value());
        if (value.remaining() < FIXED) {
            throw new ProxyProtocolException("what it says of the client's TLS is cut short");
        }
        int client = value.get();
        boolean certificate = (client & (CLIENT_CERT_CONN | CLIENT_CERT_SESS)) != 0;
        // without a certificate nothing was found wrong with it either
        boolean verified = value.getInt() == 0 && certificate;
        Map<Integer, String> texts = new HashMap<>();
        while (value.hasRemaining()) {
            ProxyTlv part = ProxyTlv.read(value);
            texts.putIfAbsent(part.type(), part.text());
        }
        return new ProxySsl(
                (client & CLIENT_SSL) != 0,
                certificate,
                verified,
                texts.get(VERSION),
                texts.get(COMMON_NAME),
                texts.get(CIPHER),
                texts.get(SIGNATURE_ALGORITHM),
                texts.get(KEY_ALGORITHM));
    }

    /** The same as a piece of a header that is to be sent. */
    public ProxyTlv tlv() {
        List<ProxyTlv> parts = new ArrayList<>();
        add(parts, VERSION, version);
        add(parts, COMMON_NAME, commonName);
        add(parts, CIPHER, cipher);
        add(parts, SIGNATURE_ALGORITHM, signatureAlgorithm);
        add(parts, KEY_ALGORITHM, keyAlgorithm);
        ByteBuffer value = ByteBuffer.allocate(FIXED + ProxyTlv.size(parts));
        value.put((byte) ((tls ? CLIENT_SSL : 0) | (certificate ? CLIENT_CERT_CONN | CLIENT_CERT_SESS : 0)));
        value.putInt(verified ? 0 : 1);
        parts.forEach(part -> part.write(value));
        return ProxyTlv.of(ProxyTlv.SSL, value.array());
    }

    private static void add(List<ProxyTlv> parts, int type, @Nullable String text) {
        if (text != null) {
            parts.add(ProxyTlv.of(type, text));
        }
    }
}
