package dev.iostream.tls;

import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the TLS transport costs for {@code bytes} bytes, TLS 1.3 with the JDK's engine over a wire in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TlsBenchmark {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Bytes of a write. */
    @Param({"64", "16384"})
    int bytes;

    private final ByteBuffer taken = ByteBuffer.allocateDirect(64 * 1024);
    private ByteBuffer data;
    private MemoryWire[] wires;
    private SecureTransport client;
    private SecureTransport server;

    /** Makes a key and shakes hands. */
    @Setup
    public void connect() throws IOException, GeneralSecurityException, InterruptedException {
        KeyStore store = keys();
        data = ByteBuffer.allocateDirect(bytes);
        wires = MemoryWire.pair();
        var loop = new IOLoop();
        var trust = Trust.of((X509Certificate) store.getCertificate("server"));
        var key = KeyMaterial.of(store, Identity.PASSWORD.toCharArray());
        client = Tls.over(wires[0], TlsOptions.client(SslContexts.client(trust)).verify(false), "localhost", 443, loop);
        server = Tls.over(wires[1], TlsOptions.server(SslContexts.server(key)), null, 0, loop);
        client.attach(interest -> {});
        server.attach(interest -> {});
        loop.runSync(LIMIT, () -> shakeHands(loop));
        read();
    }

    private static KeyStore keys() throws IOException, GeneralSecurityException, InterruptedException {
        Path folder = Files.createTempDirectory("iostream-benchmark");
        Path file = Identity.make(folder.resolve("keys.p12"));
        KeyStore store = KeyStore.getInstance(file.toFile(), Identity.PASSWORD.toCharArray());
        Files.delete(file);
        Files.delete(folder);
        return store;
    }

    private void shakeHands(IOLoop loop) {
        try {
            boolean done = client.establish() == Stage.READY & server.establish() == Stage.READY;
            if (done && client.read(taken.clear()) == 0) {
                loop.stop();
            } else {
                loop.addCallback(() -> shakeHands(loop));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int read() throws IOException {
        return server.read(taken.clear());
    }

    /** Encrypts and throws the records away. */
    @Benchmark
    public int wrap() throws IOException {
        int count = client.write(data.clear());
        client.flush();
        wires[1].drop();
        return count;
    }

    /** Encrypts and decrypts. */
    @Benchmark
    public int wrapAndUnwrap() throws IOException {
        client.write(data.clear());
        client.flush();
        int count = 0;
        while (count < bytes) {
            count += read();
        }
        return count;
    }
}
