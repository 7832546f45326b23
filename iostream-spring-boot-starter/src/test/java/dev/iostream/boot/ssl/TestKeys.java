package dev.iostream.boot.ssl;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A key with a certificate that it signed itself, made while the tests run, so that no key is ever stored. */
public final class TestKeys {
    private static long serial;

    private final KeyPair keys;
    private final X509Certificate certificate;

    private TestKeys(KeyPair keys, X509Certificate certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    /** For localhost and the loopback addresses, valid for a day, with the given common name. */
    public static TestKeys named(String name) {
        return named(name, Duration.ofDays(-1), Duration.ofDays(1));
    }

    public static synchronized TestKeys named(String name, Duration from, Duration to) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair keys = generator.generateKeyPair();
            var subject = new X500Name("CN=" + name);
            var builder = new JcaX509v3CertificateBuilder(
                    subject,
                    BigInteger.valueOf(++serial),
                    Date.from(Instant.now().plus(from)),
                    Date.from(Instant.now().plus(to)),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "localhost"),
                new GeneralName(GeneralName.dNSName, name + ".example"),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return new TestKeys(keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** Writes a PKCS#12 store with the key, replacing the file in one step. */
    public Path keyStore(Path file, String password) throws IOException {
        return store(
                file,
                password,
                store -> store.setKeyEntry(
                        "key", keys.getPrivate(), password.toCharArray(), new X509Certificate[] {certificate}));
    }

    /** Writes one with two keys, {@code key} and {@code other}. */
    public Path keyStore(Path file, String password, TestKeys other) throws IOException {
        return store(file, password, store -> {
            store.setKeyEntry("key", keys.getPrivate(), password.toCharArray(), new X509Certificate[] {certificate});
            store.setKeyEntry(
                    "other", other.keys.getPrivate(), password.toCharArray(), new X509Certificate[] {other.certificate
                    });
        });
    }

    /** Writes a PKCS#12 store whose key does not go with its certificate. */
    public Path mismatchedKeyStore(Path file, String password, TestKeys other) throws IOException {
        return store(
                file,
                password,
                store -> store.setKeyEntry(
                        "key", keys.getPrivate(), password.toCharArray(), new X509Certificate[] {other.certificate}));
    }

    /** Writes a PKCS#12 store with the certificate alone. */
    public Path trustStore(Path file, String password) throws IOException {
        return store(file, password, store -> store.setCertificateEntry("trusted", certificate));
    }

    private interface Filler {
        void fill(KeyStore store) throws GeneralSecurityException;
    }

    private static Path store(Path file, String password, Filler filler) throws IOException {
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "store", ".tmp");
        try (OutputStream out = Files.newOutputStream(fresh)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            filler.fill(store);
            store.store(out, password.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    public Path certificatePem(Path file) throws IOException {
        try {
            return Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public Path keyPem(Path file) throws IOException {
        return Files.writeString(file, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }
}
