package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and trusted certificates from files, and what is said of those that are no good. */
class KeyMaterialTest {
    private static final char[] PASSWORD = "a secret word".toCharArray();
    private static final TestCertificates SERVER =
            TestCertificates.CA.issue("server").dns("localhost").create();

    @TempDir
    Path folder;

    private Path store(String type, boolean key, boolean trusted) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        if (key) {
            store.setKeyEntry(
                    "server", SERVER.keys.getPrivate(), PASSWORD, SERVER.chain.toArray(X509Certificate[]::new));
        }
        if (trusted) {
            store.setCertificateEntry("ca", TestCertificates.CA.certificate());
        }
        Path file = folder.resolve("store." + type);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
        return file;
    }

    private Path pem(String name, String type, byte[]... contents) throws IOException {
        var text = new StringBuilder("A comment\n");
        for (byte[] content : contents) {
            text.append("-----BEGIN ").append(type).append("-----\n");
            text.append(Base64.getMimeEncoder().encodeToString(content)).append('\n');
            text.append("-----END ").append(type).append("-----\n");
        }
        return Files.writeString(folder.resolve(name), text);
    }

    private Path certificates(TestCertificates of) throws IOException, GeneralSecurityException {
        byte[][] encoded = new byte[of.chain.size()][];
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = of.chain.get(i).getEncoded();
        }
        return pem("certificates.pem", "CERTIFICATE", encoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JKS", "PKCS12"})
    void keyStoresOfBothKindsAreRead(String type) throws IOException, GeneralSecurityException {
        Path file = store(type, true, true);
        SSLContext context = SslContexts.server(KeyMaterial.of(file, PASSWORD), Trust.of(file, PASSWORD));
        assertThat(context.getServerSessionContext().getSessionTimeout()).isEqualTo(300);
        assertThat(context.getServerSessionContext().getSessionCacheSize()).isEqualTo(1024);
    }

    @Test
    void pemFilesAreRead() throws IOException, GeneralSecurityException {
        Path key = pem("key.pem", "PRIVATE KEY", SERVER.keys.getPrivate().getEncoded());
        assertThatCode(() -> SslContexts.server(KeyMaterial.pem(certificates(SERVER), key)))
                .doesNotThrowAnyException();
        assertThatCode(() -> SslContexts.client(Trust.pem(certificates(TestCertificates.CA))))
                .doesNotThrowAnyException();
    }

    @Test
    void whatTheJdkTrustsCanBeTrusted() {
        assertThat(SslContexts.client()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"JKS", "PKCS12"})
    void aWrongPasswordIsToldWithTheFileAndWithoutThePassword(String type)
            throws IOException, GeneralSecurityException {
        Path file = store(type, true, false);
        for (char[] wrong : List.of("wrong secret".toCharArray(), new char[0])) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyMaterial.of(file, wrong))
                    .withMessageContaining(file.toString())
                    .withMessageContaining("password is wrong")
                    .satisfies(failure -> assertThat(failure)
                            .hasStackTraceContaining("")
                            .message()
                            .doesNotContain("secret"));
        }
    }

    @Test
    void filesThatAreNoGoodAreToldByName() throws IOException, GeneralSecurityException {
        Path missing = folder.resolve("missing.p12");
        Path damaged = Files.write(folder.resolve("damaged.p12"), new byte[] {1, 2, 3});
        Path trustOnly = store("PKCS12", false, true);
        refused(missing, "does not exist", () -> KeyMaterial.of(missing, PASSWORD));
        refused(damaged, "neither JKS nor PKCS#12", () -> KeyMaterial.of(damaged, PASSWORD));
        refused(trustOnly, "no private key", () -> KeyMaterial.of(trustOnly, PASSWORD));
        Path keyOnly = store("JKS", true, false);
        refused(keyOnly, "no trusted certificate", () -> Trust.of(keyOnly, PASSWORD));
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        refused(empty, "no certificate", () -> Trust.pem(empty));
        Path garbled = pem("garbled.pem", "CERTIFICATE", new byte[] {1, 2, 3});
        refused(garbled, "cannot be read", () -> Trust.pem(garbled));
    }

    @Test
    void keysThatAreNoGoodAreToldByName() throws IOException, GeneralSecurityException {
        Path certificates = certificates(SERVER);
        byte[] other = TestCertificates.keys("EC", 256).getPrivate().getEncoded();
        Path foreign = pem("foreign.pem", "PRIVATE KEY", other);
        refused(foreign, "do not belong to each other", () -> KeyMaterial.pem(certificates, foreign));
        Path rsa = pem(
                "rsa.pem",
                "PRIVATE KEY",
                TestCertificates.keys("RSA", 2048).getPrivate().getEncoded());
        refused(rsa, "not one of its certificate's kind (EC)", () -> KeyMaterial.pem(certificates, rsa));
        Path encrypted = pem("encrypted.pem", "ENCRYPTED PRIVATE KEY", other);
        refused(encrypted, "is encrypted", () -> KeyMaterial.pem(certificates, encrypted));
        Path old = pem("old.pem", "EC PRIVATE KEY", other);
        refused(old, "make it PKCS#8", () -> KeyMaterial.pem(certificates, old));
        refused(certificates, "no private key", () -> KeyMaterial.pem(certificates, certificates));
    }

    private static void refused(
            Path file, String words, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        assertThatIllegalArgumentException()
                .isThrownBy(reading)
                .withMessageContaining(file.toString())
                .withMessageContaining(words);
    }
}
