package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Job;
import dev.iostream.benchmarks.peer.Order;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * How many full handshakes a second a server's engine could make if it had a core to itself and no network: both ends in
 * memory, and only the server's time counts.
 */
public final class EngineRate {
    private static final long WARM_UP_NANOS = 3_000_000_000L;
    private static final long NANOS = 2_000_000_000L;
    private static final int BUFFER = 64 * 1024;
    private static final int CLOSING_STEPS = 4;

    private final SSLContext server;
    private final SSLContext client;
    private final boolean direct;
    private final ByteBuffer toServer;
    private final ByteBuffer toClient;
    private final ByteBuffer plain;
    private long serverNanos;

    private EngineRate(SSLContext server, SSLContext client, boolean direct) {
        this.server = server;
        this.client = client;
        this.direct = direct;
        toServer = buffer();
        toClient = buffer();
        plain = buffer();
    }

    private ByteBuffer buffer() {
        return direct ? ByteBuffer.allocateDirect(BUFFER) : ByteBuffer.allocate(BUFFER);
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> settings = new HashMap<>();
        for (String arg : args) {
            settings.put(arg.split("=", 2)[0], arg.split("=", 2)[1]);
        }
        var order = new Order(Job.ECHO, settings);
        boolean conscrypt = order.text("tls").equals("conscrypt");
        var rate = new EngineRate(Identity.context(order), client(conscrypt), conscrypt);
        rate.run(WARM_UP_NANOS);
        rate.serverNanos = 0;
        long count = rate.run(NANOS);
        System.out.printf("handshakes_per_s=%.1f%n", count * 1e9 / rate.serverNanos);
    }

    private static SSLContext client(boolean conscrypt) throws GeneralSecurityException {
        SSLContext context =
                conscrypt ? SSLContext.getInstance("TLS", Identity.conscrypt()) : SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anyone()}, null);
        return context;
    }

    private long run(long nanos) throws SSLException {
        long end = System.nanoTime() + nanos;
        long count = 0;
        while (System.nanoTime() < end) {
            handshake();
            count++;
        }
        return count;
    }

    private void handshake() throws SSLException {
        // without a peer's name there is no session to resume
        SSLEngine near = client.createSSLEngine();
        near.setUseClientMode(true);
        near.setEnabledProtocols(new String[] {"TLSv1.3"});
        SSLEngine far = server.createSSLEngine();
        far.setUseClientMode(false);
        toServer.clear();
        toClient.clear();
        near.beginHandshake();
        far.beginHandshake();
        boolean begun = false;
        while (!begun || handshaking(near) || handshaking(far)) {
            begun = true;
            step(near, toClient, toServer);
            long start = System.nanoTime();
            step(far, toServer, toClient);
            serverNanos += System.nanoTime() - start;
        }
        close(near, far);
    }

    private static boolean handshaking(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                && engine.getHandshakeStatus() != HandshakeStatus.FINISHED;
    }

    /** What an engine can do with what has come for it. */
    private void step(SSLEngine engine, ByteBuffer from, ByteBuffer to) throws SSLException {
        from.flip();
        boolean moved = true;
        while (moved) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP ->
                    moved = engine.wrap(plain.clear().limit(0), to).bytesProduced() > 0;
                case NEED_UNWRAP ->
                    moved = from.hasRemaining()
                            && engine.unwrap(from, plain.clear()).bytesConsumed() > 0;
                default ->
                    moved = from.hasRemaining()
                            && engine.unwrap(from, plain.clear()).bytesConsumed() > 0;
            }
        }
        from.compact();
    }

    /** Both ends by turns, until each has seen the other's end: only then does Conscrypt let go of descriptors. */
    private void close(SSLEngine near, SSLEngine far) throws SSLException {
        near.closeOutbound();
        far.closeOutbound();
        for (int i = 0; i < CLOSING_STEPS && !(done(near) && done(far)); i++) {
            step(near, toClient, toServer);
            step(far, toServer, toClient);
        }
    }

    private static boolean done(SSLEngine engine) {
        return engine.isInboundDone() && engine.isOutboundDone();
    }

    /** Trusts whoever is there: only speed is looked at. */
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return List.<X509Certificate>of().toArray(X509Certificate[]::new);
        }
    }
}
