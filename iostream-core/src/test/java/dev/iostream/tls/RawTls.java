package dev.iostream.tls;

import dev.iostream.event.Stage;
import dev.iostream.loop.Interest;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** An engine over a wire by hand, for peers that behave badly. */
public final class RawTls {
    private final Transport wire;
    private final SSLEngine engine;
    private final ByteBuffer in = ByteBuffer.allocate(256 * 1024);
    private final ByteBuffer out = ByteBuffer.allocate(256 * 1024);
    private final ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
    public SSLException failure;
    public boolean ended;
    public long sent;

    public RawTls(Transport wire, SSLEngine engine) throws IOException {
        this.wire = wire;
        this.engine = engine;
        wire.attach(unused -> step());
        engine.beginHandshake();
        wire.watch(Interest.READ);
        step();
    }

    /** Does what the engine wants as far as that goes now. */
    public void step() {
        try {
            if (wire.establish() == Stage.READY) {
                read();
                work();
            }
        } catch (SSLException e) {
            failure = e;
        } catch (IOException e) {
            ended = true;
            wire.watch(Interest.NONE);
        }
    }

    private void read() throws IOException {
        int count = wire.read(in);
        while (count > 0) {
            count = wire.read(in);
        }
        if (count < 0) {
            ended = true;
            wire.watch(Interest.NONE);
        }
    }

    private void work() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            } else if (status == HandshakeStatus.NEED_WRAP) {
                wrap(ByteBuffer.allocate(0));
            } else {
                in.flip();
                Status result = engine.unwrap(in, plain.clear()).getStatus();
                in.compact();
                if (result != Status.OK) {
                    return;
                }
            }
        }
    }

    private void wrap(ByteBuffer data) throws IOException {
        engine.wrap(data, out.clear());
        sent += out.flip().remaining();
        wire.write(out);
    }

    /** Encrypts and sends. */
    public void send(String text) {
        try {
            wrap(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins another handshake: a renegotiation in TLS 1.2, a new key in TLS 1.3. Sends it, if the engine will. */
    public void beginAgain() {
        try {
            engine.beginHandshake();
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(ByteBuffer.allocate(0));
            }
        } catch (SSLException e) {
            failure = e;
        } catch (IOException e) {
            ended = true;
        }
    }

    public boolean secured() {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** What the other end has shown. */
    public Certificate peerCertificate() throws SSLPeerUnverifiedException {
        return engine.getSession().getPeerCertificates()[0];
    }

    /** Lets go of everything but the wire, which stays open and is not read any more. */
    public void fallSilent() throws IOException {
        wire.watch(Interest.NONE);
        wire.attach(unused -> {});
    }

    public void close() {
        wire.close();
    }

    /** How many record buffers the connections of a loop hold now. */
    public static int buffersTaken(dev.iostream.loop.IOLoop loop) {
        RecordBuffers.Kinds kinds = loop.local(RecordBuffers.Kinds.class, RecordBuffers.Kinds::new);
        return kinds.onHeap().taken();
    }

    /** Bytes that a TLS transport holds while they wait. */
    public static int held(Transport secure) {
        return ((TlsTransport) secure).held();
    }
}
