package dev.iostream.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates made while the tests run, so that no key is ever stored and none expires. */
public final class TestCertificates {
    /** What is signed by it is trusted by {@link #client()}. */
    public static final TestCertificates CA = authority("Test CA");

    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final TestCertificates LOCALHOST =
            CA.issue("localhost").dns("localhost").ip("127.0.0.1").create();

    public final KeyPair keys;
    public final List<X509Certificate> chain;

    private TestCertificates(KeyPair keys, List<X509Certificate> chain) {
        this.keys = keys;
        this.chain = chain;
    }

    public static TestCertificates authority(String name) {
        return new Request(null, name).authority().create();
    }

    /** A certificate signed by this one. */
    public Request issue(String name) {
        return new Request(this, name);
    }

    /** One that is signed by nobody else. */
    public static Request selfSigned(String name) {
        return new Request(null, name);
    }

    public X509Certificate certificate() {
        return chain.get(0);
    }

    public KeyMaterial key() {
        return KeyMaterial.of(keys.getPrivate(), chain.toArray(X509Certificate[]::new));
    }

    public Trust trust() {
        return Trust.of(certificate());
    }

    /** A key store with the certificate as one that is trusted. */
    KeyStore store() {
        KeyStore store = KeyStores.empty();
        try {
            store.setCertificateEntry("trusted", certificate());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return store;
    }

    /** The same keys with other certificates in the chain, or in another order. */
    public TestCertificates with(X509Certificate... newChain) {
        return new TestCertificates(keys, List.of(newChain));
    }

    /** A context for servers that show this chain whatever it is like, with a key that need not belong to it. */
    public SSLContext serverShowing(PrivateKey key) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Showing(key, chain.toArray(X509Certificate[]::new))}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A context for clients that show this chain to whoever asks, and trust the test authority. */
    public SSLContext clientShowing() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new Showing(keys.getPrivate(), chain.toArray(X509Certificate[]::new))},
                    CA.trust().managers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Showing extends X509ExtendedKeyManager {
        private final PrivateKey key;
        private final X509Certificate[] chain;

        Showing(PrivateKey key, X509Certificate[] chain) {
            this.key = key;
            this.chain = chain;
        }

        private String alias(String type) {
            return type.equals(key.getAlgorithm()) ? "key" : null;
        }

        @Override
        public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
            return alias(type);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return alias(type);
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return List.of(types).contains(key.getAlgorithm()) ? "key" : null;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return chooseEngineClientAlias(types, issuers, null);
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    /** Writes the chain to one file in {@code folder}, and returns it. */
    public Path certificatePem(Path folder) throws IOException {
        var text = new StringBuilder();
        try {
            for (X509Certificate each : chain) {
                text.append(pem("CERTIFICATE", each.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return Files.writeString(Files.createTempFile(folder, "certificates", ".pem"), text);
    }

    /** Writes the key to one file in {@code folder}, and returns it. */
    public Path keyPem(Path folder) throws IOException {
        return Files.writeString(
                Files.createTempFile(folder, "key", ".pem"),
                pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    /** A good certificate for localhost and 127.0.0.1. */
    public static TestCertificates localhost() {
        return LOCALHOST;
    }

    /** A server's context with that certificate. */
    public static SSLContext server() {
        return SslContexts.server(LOCALHOST.key());
    }

    /** A client's that trusts the test authority. */
    public static SSLContext client() {
        return SslContexts.client(CA.trust());
    }

    public static KeyPair keys(String algorithm, int size) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(size);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What a certificate is to hold. */
    public static final class Request {
        private final TestCertificates issuer;
        private final String name;
        private final List<GeneralName> names = new ArrayList<>();
        private KeyPair keys;
        private Instant from = Instant.now().minus(Duration.ofDays(1));
        private Instant to = Instant.now().plus(Duration.ofDays(1));
        private String signature;
        private BasicConstraints constraints = new BasicConstraints(false);
        private final List<Extra> extras = new ArrayList<>();

        private record Extra(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {}

        private Request(TestCertificates issuer, String name) {
            this.issuer = issuer;
            this.name = name;
        }

        public Request dns(String host) {
            names.add(new GeneralName(GeneralName.dNSName, host));
            return this;
        }

        public Request ip(String address) {
            names.add(new GeneralName(GeneralName.iPAddress, address));
            return this;
        }

        public Request uri(String uri) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
            return this;
        }

        public Request email(String address) {
            names.add(new GeneralName(GeneralName.rfc822Name, address));
            return this;
        }

        public Request valid(Duration start, Duration end) {
            from = Instant.now().plus(start);
            to = Instant.now().plus(end);
            return this;
        }

        public Request keys(KeyPair newKeys) {
            keys = newKeys;
            return this;
        }

        public Request signature(String algorithm) {
            signature = algorithm;
            return this;
        }

        public Request authority() {
            constraints = new BasicConstraints(true);
            return this;
        }

        /** An authority with at most so many more of them between it and a certificate. */
        public Request authority(int pathLength) {
            constraints = new BasicConstraints(pathLength);
            return this;
        }

        public Request purpose(KeyPurposeId purpose) {
            return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        }

        /** For names below that domain only. */
        public Request within(String domain) {
            var subtree = new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain));
            return extension(
                    Extension.nameConstraints, true, new NameConstraints(new GeneralSubtree[] {subtree}, null));
        }

        public Request extension(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
            extras.add(new Extra(type, critical, value));
            return this;
        }

        public TestCertificates create() {
            KeyPair own = keys == null ? TestCertificates.keys("EC", 256) : keys;
            KeyPair signing = issuer == null ? own : issuer.keys;
            X500Name subject = new X500Name("CN=" + name);
            X500Name signer = issuer == null
                    ? subject
                    : new X500Name(
                            issuer.certificate().getSubjectX500Principal().getName());
            var builder = new JcaX509v3CertificateBuilder(
                    signer,
                    BigInteger.valueOf(SERIAL == null ? 0 : SERIAL.incrementAndGet()),
                    Date.from(from),
                    Date.from(to),
                    subject,
                    own.getPublic());
            String algorithm = signature != null
                    ? signature
                    : signing.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            try {
                builder.addExtension(Extension.basicConstraints, true, constraints);
                if (!names.isEmpty()) {
                    builder.addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(names.toArray(GeneralName[]::new)));
                }
                for (Extra extra : extras) {
                    builder.addExtension(extra.type, extra.critical, extra.value);
                }
                X509Certificate certificate = new JcaX509CertificateConverter()
                        .getCertificate(
                                builder.build(new JcaContentSignerBuilder(algorithm).build(signing.getPrivate())));
                List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
                if (issuer != null) {
                    chain.addAll(issuer.chain);
                }
                return new TestCertificates(own, List.copyOf(chain));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException | OperatorCreationException e) {
                throw new AssertionError(e);
            }
        }
    }
}
