package dev.iostream.boot.ssl;

import dev.iostream.tls.TlsOptions;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A handshake in memory, with a client that trusts everybody: shows that the key, the protocols and the cipher suites of a
 * context go together, before any connection depends on it.
 */
final class TrialHandshake {
    /** More steps than any handshake takes. */
    private static final int STEPS = 100;

    private final SSLEngine server;
    private final SSLEngine client;
    private final ByteBuffer toClient;
    private final ByteBuffer toServer;
    private final ByteBuffer nothing = ByteBuffer.allocate(0);
    private final ByteBuffer plain;

    private TrialHandshake(SSLContext context, TlsOptions options) throws GeneralSecurityException {
        server = context.createSSLEngine();
        server.setUseClientMode(false);
        SSLContext trustingAll = SSLContext.getInstance("TLS");
        trustingAll.init(null, new TrustManager[] {new TrustingAll()}, null);
        client = trustingAll.createSSLEngine();
        client.setUseClientMode(true);
        for (SSLEngine engine : new SSLEngine[] {server, client}) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(options.protocols().toArray(String[]::new));
            if (!options.ciphers().isEmpty()) {
                parameters.setCipherSuites(options.ciphers().toArray(String[]::new));
            }
            engine.setSSLParameters(parameters);
        }
        int record = server.getSession().getPacketBufferSize();
        toClient = ByteBuffer.allocate(2 * record);
        toServer = ByteBuffer.allocate(2 * record);
        plain = ByteBuffer.allocate(2 * server.getSession().getApplicationBufferSize());
    }

    /**
     * Lets a server with this context, and with the protocols and suites of the options, be talked to.
     *
     * @throws SSLException when no handshake comes about
     */
    static void with(SSLContext context, TlsOptions options) throws SSLException {
        try {
            new TrialHandshake(context, options).run();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new SSLException(e.getMessage(), e);
        }
    }

    private void run() throws SSLException {
        client.beginHandshake();
        for (int step = 0; step < STEPS; step++) {
            if (isOver(client) && isOver(server)) {
                return;
            }
            advance(client, toClient, toServer);
            advance(server, toServer, toClient);
        }
        throw new SSLException("the handshake does not come to an end");
    }

    private static boolean isOver(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    private void advance(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            }
            case NEED_WRAP -> requireOpen(engine.wrap(nothing, out));
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {
                in.flip();
                if (in.hasRemaining()) {
                    requireOpen(engine.unwrap(in, plain));
                }
                in.compact();
            }
            case FINISHED -> {}
        }
    }

    private static void requireOpen(SSLEngineResult result) throws SSLException {
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new SSLException("one side ended the handshake");
        }
    }

    /** Of the client of the trial alone, which never leaves this class. */
    private static final class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

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
