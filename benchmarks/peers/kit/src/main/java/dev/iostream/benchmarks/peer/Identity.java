package dev.iostream.benchmarks.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The server's key, and contexts with it from the engine that the setting {@code tls=} names. */
public final class Identity {
    /** The password of the key store, which is made for a run and deleted with it. */
    public static final String PASSWORD = "benchmark";

    private Identity() {}

    /**
     * Makes a key store with an EC key and a certificate for localhost. The JDK has a program for that, and no API.
     *
     * @return {@code file}
     */
    public static Path make(Path file) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(("-genkeypair -alias server -keyalg EC -groupname secp256r1 -dname CN=localhost"
                        + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore")
                .split(" ")));
        command.add(file.toString());
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool cannot make a key: " + said);
        }
        return file;
    }

    /** A server's context, of {@code jdk} or {@code conscrypt}. */
    public static SSLContext context(Order order) throws GeneralSecurityException, IOException {
        SSLContext context = of(order.text("tls"));
        context.init(keys(order).getKeyManagers(), null, null);
        return context;
    }

    /** A client's context that trusts whoever is there: the certificate is made for the run. */
    public static SSLContext trusting(String engine) throws GeneralSecurityException {
        SSLContext context = of(engine);
        context.init(null, new TrustManager[] {new Trusting()}, null);
        return context;
    }

    private static SSLContext of(String engine) throws GeneralSecurityException {
        return switch (engine) {
            case "jdk" -> SSLContext.getInstance("TLS");
            case "conscrypt" -> SSLContext.getInstance("TLS", conscrypt());
            default -> throw new IllegalArgumentException("This server has no TLS of " + engine);
        };
    }

    /** Conscrypt's provider, which only some servers have on their class path. */
    public static Provider conscrypt() throws GeneralSecurityException {
        try {
            return (Provider) Class.forName("org.conscrypt.OpenSSLProvider")
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new GeneralSecurityException("Conscrypt is not on the class path", e);
        }
    }

    /** The key and the certificate of the server. */
    public static KeyManagerFactory keys(Order order) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(Path.of(order.text("keys")).toFile(), PASSWORD.toCharArray());
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        return factory;
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
