package dev.iostream.boot.ssl;

import dev.iostream.tls.KeyMaterial;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A peer that speaks TLS in lines, with the JDK's own sockets. */
public final class TlsClient implements AutoCloseable {
    private static final int LIMIT_MILLIS = 20_000;

    private final SSLSocket socket;

    private TlsClient(SSLSocket socket) {
        this.socket = socket;
    }

    /** Connects, trusting these certificates. */
    public static TlsClient connect(int port, TestKeys... trusted) throws IOException {
        return connect(port, "localhost", trusted);
    }

    /** The same, asking for the server of that name. */
    public static TlsClient connect(int port, String name, TestKeys... trusted) throws IOException {
        return connect(port, SslContexts.client(trust(trusted)), name);
    }

    /** The same with a certificate of its own. */
    public static TlsClient connectAs(KeyMaterial own, int port, TestKeys... trusted) throws IOException {
        return connect(port, SslContexts.client(trust(trusted), own), "localhost");
    }

    private static TlsClient connect(int port, SSLContext context, String name) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(LIMIT_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new TlsClient(socket);
    }

    private static Trust trust(TestKeys... trusted) {
        return Trust.of(Arrays.stream(trusted).map(TestKeys::certificate).toArray(X509Certificate[]::new));
    }

    /** Sends a line and returns the answer without its end. */
    public String ask(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        var answer = new StringBuilder();
        for (int next = socket.getInputStream().read(); next >= 0 && next != '\n'; ) {
            answer.append((char) next);
            next = socket.getInputStream().read();
        }
        return answer.toString();
    }

    /** Whom the server's certificate names. */
    public String serverSubject() throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    public String protocol() {
        return socket.getSession().getProtocol();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
