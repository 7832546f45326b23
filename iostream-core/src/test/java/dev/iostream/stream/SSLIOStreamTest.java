package dev.iostream.stream;

import static dev.iostream.tls.HandMade.bytes;
import static dev.iostream.tls.HandMade.clientHello;
import static dev.iostream.tls.HandMade.inRecord;
import static dev.iostream.tls.HandMade.with;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import dev.iostream.tls.RawTls;
import dev.iostream.tls.TestCertificates;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is TLS about streams: how they open and end, and peers that do not keep to it. */
class SSLIOStreamTest extends TlsFixture {
    private RawTls raw(String protocol) throws IOException {
        SSLEngine engine = TestCertificates.client().createSSLEngine("localhost", PORT);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
        var raw = new RawTls(wire(), engine);
        simulation.run();
        assertThat(raw.secured()).isTrue();
        return raw;
    }

    private IOStream served() {
        return served.get(served.size() - 1);
    }

    // ---- opening

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theServerMaySpeakFirst(String protocol) {
        serve(serverOptions().protocols(protocol), stream -> stream.write("220 hello\n"));
        SSLIOStream client = connect(clientOptions(), "localhost");
        client.readUntil("\n", this::record);
        simulation.run();
        assertThat(events).containsExactly("connected", "220 hello");
    }

    @Test
    void aServerMayWriteAndCloseBeforeTheHandshakeHasEnded() {
        serve(serverOptions(), stream -> {
            stream.write("busy\n");
            stream.close();
        });
        SSLIOStream client = connect(clientOptions(), "localhost");
        client.readUntilClose(this::record);
        simulation.run();
        assertThat(events).containsExactly("connected", "busy", "closed");
        assertThat(client.error()).isNull();
        assertThat(served().closeReason()).isEqualTo(CloseReason.LOCAL);
    }

    @Test
    void theHandlerGetsTheStreamBeforeTheHandshakeAndIsToldOfItsEnd() {
        serve(serverOptions(), stream -> {
            var secure = (SSLIOStream) stream;
            assertThatIllegalStateException().isThrownBy(secure::session).withMessageContaining("onSecured");
            assertThat(secure.peerCertificates()).isEmpty();
            assertThat(secure.applicationProtocol()).isNull();
            secure.onSecured(() -> events.add("secured " + secure.session().getProtocol()));
        });
        connect(clientOptions(), "localhost");
        simulation.run();
        assertThat(events).containsExactlyInAnyOrder("connected", "secured TLSv1.3");
    }

    @Test
    void theApplicationProtocolIsAgreedOn() {
        serve(serverOptions().applicationProtocols("b", "a"), TlsFixture::echo);
        SSLIOStream client = connect(clientOptions().applicationProtocols("a", "b"), "localhost");
        SSLIOStream silent = connect(clientOptions(), "localhost");
        SSLIOStream other = connect(clientOptions().applicationProtocols("c"), "localhost");
        simulation.run();
        assertThat(client.applicationProtocol()).isEqualTo("b");
        assertThat(silent.applicationProtocol()).isNull();
        assertThat(other.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(other.error()).hasMessageContaining("no_application_protocol");
    }

    @Test
    void peersWithoutACommonProtocolSaySo() {
        serve(serverOptions().protocols("TLSv1.3"), TlsFixture::echo);
        SSLIOStream client = connect(clientOptions().protocols("TLSv1.2"), "localhost");
        simulation.run();
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(client.error()).hasMessageContaining("protocol_version");
    }

    @Test
    void peersWithoutACommonSuiteSaySo() {
        serve(serverOptions().ciphers("TLS_AES_128_GCM_SHA256"), TlsFixture::echo);
        SSLIOStream client = connect(clientOptions().ciphers("TLS_AES_256_GCM_SHA384"), "localhost");
        simulation.run(Duration.ofMillis(100));
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(client.error()).hasMessageContaining("handshake_failure");
        assertThat(served().closeReason()).isEqualTo(CloseReason.TLS_FAILED);
    }

    @Test
    void peersWithoutACommonGroupSaySo() {
        serve(serverOptions(), TlsFixture::echo);
        byte[] hello = clientHello("localhost");
        // the groups that it knows: one that nobody has any more, and of which it gives no key
        byte[] odd = with(with(hello, 10, bytes(0, 2, 0, 1)), 51, bytes(0, 0));
        IOStream client = plainClient();
        client.write(inRecord(HANDSHAKE, odd));
        client.readUntilClose(answer -> events.add(HexFormat.of().formatHex(answer)));
        simulation.run(Duration.ofMillis(100));
        assertThat(served().closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        // a fatal alert, of whichever kind
        assertThat(events).singleElement().asString().startsWith("150303000202");
    }

    @Test
    void aConnectThatCannotBeginSaysSoAndCallsTheFailureCallbackToo() {
        SSLIOStream server = open(serverOptions());
        ConnectStart start = server.connect("localhost", PORT, null, true, () -> events.add("never"), this::failed);
        assertThat(start.code()).isEqualTo(-1);
        assertThat(start.message()).contains("TlsOptions.client");
        SSLIOStream noCipher = open(clientOptions().ciphers("TLS_NO_SUCH_CIPHER"));
        assertThat(noCipher.connect("localhost", PORT, null, true, null, this::failed)
                        .code())
                .isEqualTo(-1);
        simulation.run();
        assertThat(events)
                .hasSize(4)
                .filteredOn(event -> event.startsWith("failed -1"))
                .hasSize(2);
    }

    @Test
    void aRefusedConnectionIsToldAsOnAPlainStream() {
        SSLIOStream client = connect(clientOptions(), "127.0.0.1");
        simulation.run();
        assertThat(events.get(0)).startsWith("failed " + Errno.ECONNREFUSED);
        assertThat(client.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
    }

    @Test
    void anUnknownNameIsToldAsOnAPlainStream() {
        connect(clientOptions(), "nowhere.example");
        simulation.run();
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).startsWith("failed " + Errno.EAI_NONAME).contains("nowhere.example");
    }

    @Test
    void aFamilyWithoutAddressIsToldAsAnUnknownHost() {
        serve(serverOptions(), TlsFixture::echo);
        open(clientOptions()).connect("localhost", PORT, StandardProtocolFamily.INET6, true, null, this::failed);
        simulation.run();
        assertThat(events.get(0)).startsWith("failed " + Errno.EAI_NONAME);
    }

    @Test
    void theArgumentComesFirstInBothCallbacks() {
        serve(serverOptions(), TlsFixture::echo);
        open(clientOptions()).connect("localhost", PORT, null, true, arg -> events.add(arg + " connected"), null, "a");
        open(clientOptions())
                .connect(
                        "wrong.example",
                        PORT,
                        null,
                        true,
                        arg -> events.add("never"),
                        (arg, errno, message) -> events.add(arg + " failed " + errno),
                        "b");
        simulation.run();
        assertThat(events).containsExactlyInAnyOrder("a connected", "b failed -1", "closed");
    }

    @Test
    void nobodyNeedsToBeTold() {
        serve(serverOptions(), TlsFixture::echo);
        SSLIOStream good = open(clientOptions());
        SSLIOStream bad = open(clientOptions());
        good.connect("localhost", PORT, null, true, null, null);
        bad.connect("wrong.example", PORT, null, true, null, null);
        simulation.run();
        assertThat(good.session().getPeerPort()).isEqualTo(PORT);
        assertThat(bad.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(events).containsExactly("closed");
    }

    // ---- what is not TLS

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /secret HTTP/1.1\r\n\r\n", "SSH-2.0-secret\r\n", "EHLO secret\r\n", "\u0001\u0002secret!!"})
    void aServerClosesWhatIsNotTlsAtOnceAndDoesNotShowIt(String words) {
        serve(serverOptions(), TlsFixture::echo);
        IOStream client = plainClient();
        client.setCloseCallback(() -> events.add("closed"));
        client.readUntilClose(alert -> {});
        client.write(words);
        simulation.run(Duration.ofMillis(100));
        assertThat(events).containsExactly("closed");
        assertThat(served().closeReason()).isEqualTo(CloseReason.PLAINTEXT_ON_TLS);
        assertThat(served().error().getMessage()).doesNotContain("secret");
    }

    @Test
    void aServerSaysWhichWrongProtocolItWas() {
        serve(serverOptions(), TlsFixture::echo);
        plainClient().write("GET / HTTP/1.1\r\n\r\n");
        simulation.run();
        assertThat(served().error()).hasMessageContaining("plain HTTP to a TLS port");
        plainClient().write(new byte[] {(byte) 0x80, 0x2e, 0x01, 0x00, 0x02, 0x00});
        simulation.run();
        assertThat(served().error()).hasMessageContaining("SSL 2");
    }

    @Test
    void aClientThatReachesAPlainServerSaysSo() {
        servePlain(stream -> stream.write("220 plain server\r\n"));
        SSLIOStream client = connect(clientOptions(), "localhost");
        simulation.run();
        assertThat(client.closeReason()).isEqualTo(CloseReason.PLAINTEXT_ON_TLS);
        assertThat(client.error()).hasMessageContaining("localhost:7000").hasMessageContaining("STARTTLS");
    }

    @Test
    void aResetDuringTheHandshakeIsNoFailureToConnectForAServer() throws IOException {
        serve(serverOptions(), TlsFixture::echo);
        Transport wire = wire();
        simulation.run(Duration.ofMillis(10));
        wire.write(ByteBuffer.wrap(new byte[] {22, 3, 1}));
        wire.reset();
        simulation.run(Duration.ofMillis(10));
        assertThat(served().closeReason()).isEqualTo(CloseReason.PEER_RESET);
        assertThat(served().error()).hasMessageContaining("during the handshake");
    }

    @Test
    void garbageClosesTheStreamAndNothingElse() {
        serve(serverOptions(), TlsFixture::echo);
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            garbage[0] = 22;
            if (garbage.length > 2) {
                garbage[1] = 3;
            }
            IOStream client = plainClient();
            client.write(garbage);
            client.close();
        }
        simulation.run();
        assertThat(served).as("seed %d", seed).hasSize(200).allMatch(IOStream::closed);
        assertThat(served.stream().map(IOStream::closeReason).distinct())
                .as("seed %d", seed)
                .isSubsetOf(CloseReason.TLS_FAILED, CloseReason.PLAINTEXT_ON_TLS);
    }

    @Test
    void aPeerThatLeavesDuringTheHandshakeIsToldAsThat() {
        servePlain(IOStream::close);
        SSLIOStream client = connect(clientOptions(), "localhost");
        simulation.run();
        assertThat(events.get(0)).startsWith("failed -1").contains("ended the connection during the handshake");
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
    }

    // ---- ends

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void anEndWithoutCloseNotifyIsAnErrorAfterWhatHadCome(String protocol) throws IOException {
        serve(serverOptions(), stream -> {
            stream.setCloseCallback(() -> events.add("closed"));
            stream.readUntilClose(this::record);
        });
        RawTls client = raw(protocol);
        client.send("part");
        client.close();
        simulation.run();
        assertThat(events).containsExactly("part", "closed");
        assertThat(served().closeReason()).isEqualTo(CloseReason.TLS_TRUNCATED);
        assertThat(served().error()).hasMessageContaining("close_notify");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aCloseIsNoTruncation(String protocol) {
        serve(serverOptions().protocols(protocol), stream -> stream.readUntilClose(this::record));
        SSLIOStream client = connect(clientOptions(), "localhost");
        client.write("all");
        client.onSecured(client::close);
        simulation.run();
        assertThat(events).containsExactly("connected", "all", "closed");
        assertThat(served().closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(served().error()).isNull();
        assertThat(client.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(client.error()).isNull();
        assertThat(client.session().getProtocol()).isEqualTo(protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aPeerThatLeavesWithoutAWordDoesNotSpoilAClose(String protocol) throws IOException {
        serve(serverOptions(), stream -> stream.setCloseCallback(() -> events.add("closed")));
        RawTls client = raw(protocol);
        served().write("farewell");
        served().close();
        simulation.run(Duration.ofMillis(100));
        assertThat(events).isEmpty();
        client.close();
        simulation.run();
        assertThat(events).containsExactly("closed");
        assertThat(served().closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(served().error()).isNull();
    }

    // ---- peers that go on and on

    @Test
    void aRenegotiationIsRefused() throws IOException {
        serve(serverOptions(), TlsFixture::echo);
        RawTls client = raw("TLSv1.2");
        client.beginAgain();
        simulation.run();
        assertThat(served().closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(served().error()).hasMessageContaining("renegotiation");
        client.close();
    }

    // ---- memory

    @Test
    void idleStreamsHoldNoBuffers() {
        serve(serverOptions(), TlsFixture::echo);
        List<SSLIOStream> idle = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SSLIOStream client = connect(clientOptions(), "localhost");
            client.write("hello\n");
            client.readUntil("\n", this::record);
            idle.add(client);
        }
        simulation.run();
        assertThat(events).filteredOn("hello"::equals).hasSize(20);
        assertThat(idle).noneMatch(IOStream::closed);
        assertThat(RawTls.buffersTaken(simulation.loop())).isZero();
    }

    // ---- TLS over TLS

    private void serveInner() {
        serve(
                serverOptions(),
                outer -> outer.readBytes(1, go -> {
                    outer.write("!");
                    SSLIOStream.startTls(outer, serverOptions(), TlsFixture::echo, this::failed);
                }));
    }

    private void startInner(IOStream outer) {
        SSLIOStream.startTls(
                outer,
                clientOptions(),
                inner -> {
                    clients.add(inner);
                    inner.write("inside\n");
                    inner.readUntil("\n", this::record);
                },
                this::failed);
    }

    @Test
    void tlsCanGoOverTls() {
        serveInner();
        SSLIOStream outer = connect(clientOptions(), "localhost");
        outer.write("x");
        outer.readBytes(1, answer -> startInner(outer));
        simulation.run();
        assertThat(events).containsExactly("connected", "inside");
        clients.forEach(IOStream::close);
        simulation.run();
        assertThat(events).containsExactly("connected", "inside", "closed");
    }

    @Test
    void aFailureOfTheOuterTlsIsOneOfTheInner() {
        serveInner();
        SSLIOStream outer = connect(clientOptions(), "localhost");
        // without waiting for the answer, so that the server takes it for an injection
        outer.write("x", () -> startInner(outer));
        simulation.run();
        assertThat(events)
                .hasSize(4)
                .filteredOn(event -> event.startsWith("failed -1"))
                .hasSize(2);
    }
}
