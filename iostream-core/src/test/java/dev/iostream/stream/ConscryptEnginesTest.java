package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.RawTls;
import dev.iostream.tls.RecordingContext;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native engines: that each lets go of its memory however its stream ends, and that they get on with others. */
class ConscryptEnginesTest extends TlsFixture {
    private final List<SSLEngine> engines = new ArrayList<>();
    private final TlsPairs recorded = new TlsPairs(
            new RecordingContext(TlsPairs.ofConscrypt().client(), engines),
            new RecordingContext(TlsPairs.ofConscrypt().server(), engines),
            false);

    @Override
    TlsPairs pairs() {
        return recorded;
    }

    @AfterEach
    void nativeMemoryIsFreed() throws ReflectiveOperationException {
        served.forEach(IOStream::abort);
        clients.forEach(IOStream::abort);
        simulation.run();
        assertThat(engines).isNotEmpty();
        for (SSLEngine engine : engines) {
            assertThat(isFreed(engine)).as("freed: %s", engine).isTrue();
        }
    }

    private static boolean isFreed(SSLEngine engine) throws ReflectiveOperationException {
        Object ssl = field(field(engine, "delegate"), "ssl");
        Method isClosed = ssl.getClass().getDeclaredMethod("isClosed");
        isClosed.setAccessible(true);
        return (boolean) isClosed.invoke(ssl);
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    private SSLIOStream talk(String protocol) {
        serve(serverOptions().protocols(protocol), TlsFixture::echo);
        SSLIOStream client = connect(clientOptions(), "localhost");
        client.write("hello\n");
        client.readUntil("\n", this::record);
        simulation.run(Duration.ofMillis(100));
        assertThat(events).containsExactly("connected", "hello");
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whenOneEndCloses(String protocol) {
        talk(protocol).close();
        simulation.run();
        assertThat(served.get(0).closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whenOneEndAborts(String protocol) {
        talk(protocol).abort();
        simulation.run();
        assertThat(served.get(0).closed()).isTrue();
    }

    @Test
    void whenBothAreAborted() {
        talk("TLSv1.3");
    }

    @Test
    void whenMuchIsUnderWay() {
        SSLIOStream client = talk("TLSv1.3");
        client.write(new byte[1_000_000]);
        served.get(0).cancelRead();
        simulation.run(Duration.ofMillis(10));
        client.abort();
    }

    @Test
    void whenTheHandshakeFails() {
        serve(serverOptions(), TlsFixture::echo);
        SSLIOStream client = connect(clientOptions(), "wrong.example");
        simulation.run();
        assertThat(client.error()).hasMessageContaining("not for wrong.example");
        assertThat(served.get(0).error()).hasMessageContaining("CERTIFICATE");
    }

    @Test
    void whenTheHandshakeIsNotEnded() {
        servePlain(stream -> stream.readUntilClose(null));
        SSLIOStream client = connect(clientOptions(), "localhost");
        simulation.run();
        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
    }

    @Test
    void whenTheConnectionIsRefused() {
        connect(clientOptions(), "127.0.0.1");
        simulation.run();
        assertThat(events).hasSize(2);
    }

    // ---- others at the other end

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientsOfTheJdkAreServed(String protocol) {
        serve(serverOptions().protocols(protocol), TlsFixture::echo);
        SSLIOStream client = connect(TlsOptions.client(TestCertificates.client()), "localhost");
        client.write("hello\n");
        client.readUntil("\n", this::record);
        simulation.run();
        client.close();
        simulation.run();
        assertThat(events).containsExactly("connected", "hello", "closed");
        assertThat(served.get(0).closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void serversOfTheJdkAreTalkedTo(String protocol) {
        serve(TlsOptions.server(TestCertificates.server()).protocols(protocol), TlsFixture::echo);
        SSLIOStream client = connect(clientOptions(), "localhost");
        client.write("hello\n");
        client.readUntil("\n", this::record);
        simulation.run();
        served.get(0).close();
        simulation.run();
        assertThat(events).containsExactly("connected", "hello", "closed");
        assertThat(client.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void aRenegotiationIsRefused() throws IOException {
        serve(serverOptions(), TlsFixture::echo);
        SSLEngine engine = TestCertificates.client().createSSLEngine("localhost", PORT);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        Transport wire = wire();
        var peer = new RawTls(wire, engine);
        simulation.run();
        assertThat(peer.secured()).isTrue();
        peer.beginAgain();
        simulation.run();
        assertThat(served.get(0).closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        peer.close();
    }

    @Test
    void whatIsNotTlsHasTheSameWords() {
        serve(serverOptions(), TlsFixture::echo);
        plainClient().write("GET / HTTP/1.1\r\n\r\n");
        simulation.run();
        assertThat(served.get(0).closeReason()).isEqualTo(CloseReason.PLAINTEXT_ON_TLS);
        assertThat(served.get(0).error()).hasMessageContaining("plain HTTP to a TLS port");
    }
}
