package dev.iostream.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The way from the README's keytool line to an encrypted answer. */
class TlsProfileTest {
    private static final Path ROOT = Path.of("..");
    private static final Path KEY_STORE = Path.of("target", "echo.p12");
    private static final char[] PASSWORD = "changeit".toCharArray();

    @Test
    void theKeyStoreOfTheReadmeEncryptsTheEchoServer() throws Exception {
        Files.deleteIfExists(KEY_STORE);
        run(keytoolLine());
        assertThat(KEY_STORE).exists();

        try (ConfigurableApplicationContext context = SpringApplication.run(
                SampleApplication.class,
                "--spring.profiles.active=tls",
                "--server.port=0",
                "--iostream.server.echo.port=0")) {
            int port = context.getEnvironment().getRequiredProperty("local.iostream.server.port", int.class);
            assertThat(ask(port, "hello")).isEqualTo("hello");
        }
    }

    /** The command of the README, with what continues on the next line. */
    private static String keytoolLine() throws IOException {
        Matcher line = Pattern.compile("^keytool .*?[^\\\\]$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(line.find()).as("a keytool line in the README").isTrue();
        return line.group();
    }

    /** Runs it where the reader of the README does, with the tools of this JDK. */
    private static void run(String command) throws Exception {
        var builder =
                new ProcessBuilder("sh", "-c", command).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", System.getProperty("java.home") + "/bin", (path, own) -> own + ":" + path);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** Asks a server whose certificate is the one of the key store. */
    private static String ask(int port, String line) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(KEY_STORE)) {
            store.load(in, PASSWORD);
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("echo", store.getCertificate("echo"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (var socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readNBytes(line.length()), StandardCharsets.UTF_8);
        }
    }
}
