package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** The name in a client's first message, however that is cut, and messages that are none. */
class ClientHelloTest {
    private static ByteBuffer hello(String host) throws SSLException {
        SSLEngine engine = TestCertificates.client().createSSLEngine(host, 443);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(32 * 1024);
        engine.wrap(ByteBuffer.allocate(0), record);
        return record.flip();
    }

    @Test
    void theNameIsFoundOnceTheMessageIsThere() throws SSLException {
        ByteBuffer record = hello("a.b.example");
        for (int i = 0; i < record.limit(); i++) {
            assertThat(ClientHello.parse(record.duplicate().limit(i)).complete())
                    .isFalse();
        }
        assertThat(ClientHello.parse(record)).isEqualTo(new ClientHello(true, "a.b.example"));
        assertThat(record.position()).isZero();
    }

    @Test
    void theNameIsFoundInRecordsOfOneByte() throws SSLException {
        ByteBuffer record = hello("a.b.example").position(5);
        ByteBuffer many = ByteBuffer.allocate(32 * 1024);
        while (record.hasRemaining()) {
            many.put(new byte[] {22, 3, 1, 0, 1, record.get()});
        }
        assertThat(ClientHello.parse(many.flip()).serverName()).isEqualTo("a.b.example");
    }

    @Test
    void aMessageWithoutANameHasNone() throws SSLException {
        assertThat(ClientHello.parse(hello("127.0.0.1"))).isEqualTo(new ClientHello(true, null));
    }

    @Test
    void whateverElseComesIsLeftToTheEngine() throws SSLException {
        byte[] original = new byte[hello("a.b.example").remaining()];
        hello("a.b.example").get(original);
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = original.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                changed[5 + random.nextInt(changed.length - 5)] = (byte) random.nextInt();
            }
            assertThat(ClientHello.parse(ByteBuffer.wrap(changed)))
                    .as("seed %d", seed)
                    .isNotNull();
        }
        assertThat(ClientHello.parse(ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 1, 0})))
                .isEqualTo(new ClientHello(true, null));
    }
}
