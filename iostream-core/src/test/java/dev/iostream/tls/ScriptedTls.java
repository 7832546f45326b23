package dev.iostream.tls;

import dev.iostream.event.Stage;
import dev.iostream.loop.Interest;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * A TLS peer that sends whatever it is told to, inside a connection that is encrypted. It keeps to the rules until its
 * handshake has ended.
 */
public final class ScriptedTls {
    /** Kinds of records. */
    public static final int CHANGE_CIPHER_SPEC = 20;

    public static final int ALERT = 21;
    public static final int HANDSHAKE = 22;
    public static final int DATA = 23;

    private static final BcTlsCrypto CRYPTO = new BcTlsCrypto(new SecureRandom());

    /** What the records of a protocol of the library are written with. */
    private interface Pen {
        void write(int type, byte[] content) throws IOException;

        void newKeys(boolean answered) throws IOException;
    }

    private static final class Client extends TlsClientProtocol implements Pen {
        @Override
        public void write(int type, byte[] content) throws IOException {
            safeWriteRecord((short) type, content, 0, content.length);
        }

        @Override
        public void newKeys(boolean answered) throws IOException {
            send13KeyUpdate(answered);
        }
    }

    private static final class Server extends TlsServerProtocol implements Pen {
        @Override
        public void write(int type, byte[] content) throws IOException {
            safeWriteRecord((short) type, content, 0, content.length);
        }

        @Override
        public void newKeys(boolean answered) throws IOException {
            send13KeyUpdate(answered);
        }
    }

    private final Transport wire;
    private final TlsProtocol protocol;
    private final Pen pen;
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer out = ByteBuffer.allocate(1024 * 1024);
    private boolean secured;
    private long received;
    private IOException failure;

    private ScriptedTls(Transport wire, TlsProtocol protocol, Pen pen) throws IOException {
        this.wire = wire;
        this.protocol = protocol;
        this.pen = pen;
        wire.attach(unused -> step());
        wire.watch(Interest.READ);
    }

    /** A client of whoever is at the other end of the wire, trusting everybody. */
    public static ScriptedTls client(Transport wire, String version) throws IOException {
        var protocol = new Client();
        var scripted = new ScriptedTls(wire, protocol, protocol);
        protocol.connect(new DefaultTlsClient(CRYPTO) {
            @Override
            protected ProtocolVersion[] getSupportedVersions() {
                return only(version);
            }

            @Override
            public TlsAuthentication getAuthentication() {
                return new TlsAuthentication() {
                    @Override
                    public void notifyServerCertificate(TlsServerCertificate certificate) {}

                    @Override
                    public TlsCredentials getClientCredentials(CertificateRequest request) {
                        return null;
                    }
                };
            }

            @Override
            public void notifyHandshakeComplete() {
                scripted.secured = true;
            }
        });
        scripted.step();
        return scripted;
    }

    /** A server for whoever is at the other end of the wire. */
    public static ScriptedTls server(Transport wire, String version, TestCertificates certificate) throws IOException {
        var protocol = new Server();
        var scripted = new ScriptedTls(wire, protocol, protocol);
        protocol.accept(new DefaultTlsServer(CRYPTO) {
            @Override
            protected ProtocolVersion[] getSupportedVersions() {
                return only(version);
            }

            @Override
            protected int[] getSupportedCipherSuites() {
                // what goes with the certificate's key
                return new int[] {
                    CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                };
            }

            @Override
            public TlsCredentials getCredentials() throws IOException {
                return signer(certificate, new TlsCryptoParameters(context));
            }

            @Override
            public void notifyHandshakeComplete() {
                scripted.secured = true;
            }
        });
        scripted.step();
        return scripted;
    }

    private static ProtocolVersion[] only(String version) {
        return (version.equals("TLSv1.3") ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12).only();
    }

    private static TlsCredentials signer(TestCertificates certificate, TlsCryptoParameters parameters)
            throws IOException {
        var algorithm = SignatureAndHashAlgorithm.getInstance(
                SignatureScheme.getHashAlgorithm(SignatureScheme.ecdsa_secp256r1_sha256),
                SignatureScheme.getSignatureAlgorithm(SignatureScheme.ecdsa_secp256r1_sha256));
        AsymmetricKeyParameter key =
                PrivateKeyFactory.createKey(certificate.keys.getPrivate().getEncoded());
        return new BcDefaultTlsCredentialedSigner(parameters, CRYPTO, key, chain(certificate, parameters), algorithm);
    }

    private static Certificate chain(TestCertificates certificate, TlsCryptoParameters parameters) throws IOException {
        try {
            var entries = new CertificateEntry[certificate.chain.size()];
            for (int i = 0; i < entries.length; i++) {
                TlsCertificate each =
                        CRYPTO.createCertificate(certificate.chain.get(i).getEncoded());
                entries[i] = new CertificateEntry(each, null);
            }
            return parameters.getServerVersion().equals(ProtocolVersion.TLSv13)
                    ? new Certificate(new byte[0], entries)
                    : new Certificate(Arrays.stream(entries)
                            .map(CertificateEntry::getCertificate)
                            .toArray(TlsCertificate[]::new));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void step() {
        try {
            if (wire.establish() != Stage.READY) {
                return;
            }
            int count = wire.read(in.clear());
            for (; count > 0; count = wire.read(in.clear())) {
                received += count;
                protocol.offerInput(in.array(), 0, count);
            }
            if (count < 0) {
                wire.watch(Interest.NONE);
            }
            send();
        } catch (IOException e) {
            failure = e;
            wire.watch(Interest.NONE);
        }
    }

    private void send() throws IOException {
        while (protocol.getAvailableOutputBytes() > 0) {
            int count =
                    protocol.readOutput(out.array(), 0, Math.min(out.capacity(), protocol.getAvailableOutputBytes()));
            wire.write(out.clear().limit(count));
            if (out.hasRemaining()) {
                throw new AssertionError("The link takes no more; a test that sends so much needs a larger window");
            }
        }
    }

    /** Sends one record. */
    public void record(int type, byte... content) {
        try {
            pen.write(type, content);
            send();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends new keys, and uses them. */
    public void newKeys(boolean answered) {
        try {
            pen.newKeys(answered);
            send();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean secured() {
        return secured;
    }

    /** Bytes that the other end has sent so far. */
    public long received() {
        return received;
    }

    public IOException failure() {
        return failure;
    }

    public void close() {
        wire.close();
    }
}
