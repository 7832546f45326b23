package dev.iostream.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * A handshake in memory, with a client that trusts everybody: shows that the key, the protocols and the cipher suites of a
 * server go together, before any connection depends on it.
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

    private TrialHandshake(SSLContext context, TlsOptions options) {
        // nobody is asked for a certificate: the client of the trial has none
        TlsOptions anybody =
                options.identities(null).clientAuth(ClientAuth.NONE).context(context);
        server = Engines.create(anybody, TlsPeer.of(anybody, null, 0), null, null);
        client = Engines.trustingAll().createSSLEngine();
        client.setUseClientMode(true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setProtocols(server.getEnabledProtocols());
        parameters.setCipherSuites(server.getEnabledCipherSuites());
        client.setSSLParameters(parameters);
        int record = server.getSession().getPacketBufferSize();
        toClient = ByteBuffer.allocate(2 * record);
        toServer = ByteBuffer.allocate(2 * record);
        plain = ByteBuffer.allocate(2 * server.getSession().getApplicationBufferSize());
    }

    /**
     * Lets a server with this context, and otherwise with these options, be talked to.
     *
     * @throws SSLException when no handshake comes about
     */
    static void with(SSLContext context, TlsOptions options) throws SSLException {
        try {
            new TrialHandshake(context, options).run();
        } catch (IllegalArgumentException e) {
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
}
