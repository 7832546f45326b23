package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Job;
import dev.iostream.benchmarks.peer.Order;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * How many full handshakes a second a server's engine could make if it had a core to itself and no network: both ends in
 * memory, and only the server's time counts. It is told how many seconds to warm up, as {@code warmup}.
 */
public final class EngineRate {
    private static final long SECOND = 1_000_000_000L;
    private static final long NANOS = 2 * SECOND;
    private static final int BUFFER = 64 * 1024;

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
        var rate = new EngineRate(Identity.context(order), Identity.trusting(order.text("tls")), conscrypt);
        rate.run(order.number("warmup") * SECOND);
        rate.serverNanos = 0;
        long count = rate.run(NANOS);
        System.out.printf("handshakes_per_s=%.1f%n", count * 1e9 / rate.serverNanos);
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

    /** Until each has seen the other's end: only then does Conscrypt let go of the descriptors that an engine has. */
    private void close(SSLEngine near, SSLEngine far) throws SSLException {
        near.closeOutbound();
        far.closeOutbound();
        sendEnd(near, toServer);
        sendEnd(far, toClient);
        step(near, toClient, toServer);
        step(far, toServer, toClient);
    }

    /** Not every engine says that it wants to. */
    private void sendEnd(SSLEngine engine, ByteBuffer to) throws SSLException {
        while (!engine.isOutboundDone()
                && engine.wrap(plain.clear().limit(0), to).bytesProduced() > 0) {
            // one record after the other
        }
    }
}
