package dev.iostream.stream;

import static dev.iostream.tls.HandMade.bytes;
import static dev.iostream.tls.HandMade.extension;
import static dev.iostream.tls.HandMade.join;
import static dev.iostream.tls.HandMade.message;
import static dev.iostream.tls.HandMade.messageBegun;
import static dev.iostream.tls.HandMade.repeat;
import static dev.iostream.tls.ScriptedTls.ALERT;
import static dev.iostream.tls.ScriptedTls.CHANGE_CIPHER_SPEC;
import static dev.iostream.tls.ScriptedTls.DATA;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.ScriptedTls;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers that break the rules after an ordinary handshake, inside what is encrypted, whichever end they are: how soon they
 * are ended, how little they are answered, and that nobody else notices.
 */
class RecordAbuseTest extends TlsFixture {
    private static final Duration AT_ONCE = Duration.ofMillis(100);
    private static final int MOST_ANSWERED = 4 * 1024;
    private static final int NEW_TICKET = 4;
    private static final int KEY_UPDATE = 24;
    private static final byte[] UNANSWERED = message(KEY_UPDATE, bytes(0));
    private static final byte[] ANSWERED = message(KEY_UPDATE, bytes(1));
    private static final byte[] TICKET =
            message(NEW_TICKET, join(bytes(0, 0, 1, 0, 1, 2, 3, 4, 1, 7, 0, 100), new byte[100], bytes(0, 0)));

    private Canary canary;
    private ScriptedTls peer;
    private IOStream stream;

    @BeforeEach
    void release() {
        canary = new Canary(simulation);
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        canary.isUnharmed();
        peer.close();
    }

    /** The stream's end and the peer's, secured. */
    private void connect(boolean peerIsClient, String version) throws IOException {
        if (peerIsClient) {
            serve(serverOptions(), this::receive);
            peer = ScriptedTls.client(wire(), version);
        } else {
            TestCertificates certificate =
                    TestCertificates.CA.issue("localhost").dns("localhost").create();
            listen(accepted -> peer = ScriptedTls.server(accepted.transport(), version, certificate));
            receive(connect(clientOptions(), "localhost"));
        }
        simulation.run(AT_ONCE);
        assertThat(peer.secured())
                .as("secured: %s, %s", stream.error(), peer.failure())
                .isTrue();
        events.clear();
    }

    private void receive(IOStream opened) {
        stream = opened;
        stream.setCloseCallback(() -> events.add("closed"));
        stream.readUntilClose(rest -> {}, view -> {
            byte[] data = new byte[view.remaining()];
            view.get(data);
            record(data);
        });
    }

    interface Abuse {
        void by(ScriptedTls peer);

        default Abuse then(Abuse next) {
            return peer -> {
                by(peer);
                next.by(peer);
            };
        }
    }

    private static Arguments of(String what, Abuse abuse) {
        return Arguments.of(what, abuse);
    }

    private static Abuse flood(int times, int type, byte[] content) {
        return peer -> {
            for (int i = 0; i < times; i++) {
                peer.record(type, content);
            }
        };
    }

    private static Abuse inOneRecord(int times, byte[] message) {
        return peer -> peer.record(HANDSHAKE, repeat(times, message));
    }

    private static Abuse newKeys(boolean answered) {
        return peer -> {
            for (int i = 0; i < 5_000; i++) {
                peer.newKeys(answered);
            }
        };
    }

    private static Stream<Arguments> withBothEnds(List<String> versions, Stream<Arguments> abuses) {
        return abuses.flatMap(each -> versions.stream()
                .flatMap(version -> Stream.of(
                        Arguments.of(each.get()[0], each.get()[1], "a client", version),
                        Arguments.of(each.get()[0], each.get()[1], "a server", version))));
    }

    static Stream<Arguments> abuses() {
        Stream<Arguments> ofBothVersions = Stream.of(
                of("a flood of empty data", flood(5_000, DATA, bytes())),
                of("a flood of warnings", flood(5_000, ALERT, bytes(1, 90))),
                of("an alert that there is not", flood(1, ALERT, bytes(2, 255))),
                of("half an alert", flood(1, ALERT, bytes(1))),
                of("a flood of ChangeCipherSpec", flood(5_000, CHANGE_CIPHER_SPEC, bytes(1))),
                of(
                        "data within a message",
                        flood(1, HANDSHAKE, bytes(KEY_UPDATE, 0, 0)).then(flood(1, DATA, bytes('x')))),
                of("a message of 16 MiB begins", flood(1, HANDSHAKE, messageBegun(NEW_TICKET, 0xFFFFFF))),
                of("a record that there is not", flood(1, 99, bytes(1))),
                of("the end of another handshake", flood(1, HANDSHAKE, message(20, bytes(1)))),
                of("a client's hello", flood(1, HANDSHAKE, message(1, bytes(3, 3)))),
                of("a wish to begin again", flood(100, HANDSHAKE, message(0, bytes()))));
        Stream<Arguments> ofTls13 = Stream.of(
                of("a flood of new keys", newKeys(false)),
                of("a flood of new keys that want answers", newKeys(true)),
                of("3,000 new keys in one record that want answers", inOneRecord(3_000, ANSWERED)),
                of("new keys of no kind", flood(1, HANDSHAKE, message(KEY_UPDATE, bytes(7)))),
                of(
                        "a request for a certificate",
                        flood(
                                1,
                                HANDSHAKE,
                                message(13, join(bytes(4, 1, 2, 3, 4, 0, 8), extension(13, bytes(0, 2, 4, 3)))))),
                of("a flood of session tickets", flood(1_000, HANDSHAKE, TICKET)),
                of("session tickets in large records", inOneRecord(100, TICKET).then(inOneRecord(100, TICKET))));
        return Stream.concat(
                withBothEnds(List.of("TLSv1.2", "TLSv1.3"), ofBothVersions), withBothEnds(List.of("TLSv1.3"), ofTls13));
    }

    @ParameterizedTest(name = "{0} from {2}, {3}")
    @MethodSource("abuses")
    void isEndedAtOnce(String what, Abuse abuse, String end, String version) throws IOException {
        connect(end.equals("a client"), version);
        long before = peer.received();
        abuse.by(peer);
        simulation.run(AT_ONCE);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(stream.error()).isInstanceOf(TlsException.class);
        assertThat(events).containsExactly("closed");
        assertThat(peer.received() - before).isLessThanOrEqualTo(MOST_ANSWERED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsRefusedIsToldByAFatalAlert(boolean peerIsClient) throws IOException {
        connect(peerIsClient, "TLSv1.2");
        peer.record(HANDSHAKE, message(peerIsClient ? 1 : 0, bytes()));
        simulation.run(AT_ONCE);
        assertThat(stream.error()).hasMessageContaining("renegotiation");
        assertThat(peer.failure()).isInstanceOf(TlsFatalAlertReceived.class);
    }

    @Test
    void manyNewKeysInOneRecordOfAClientAreTheLast() throws IOException {
        connect(true, "TLSv1.3");
        inOneRecord(3_000, UNANSWERED).by(peer);
        simulation.run(AT_ONCE);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
    }

    static Stream<Arguments> ends() {
        return withBothEnds(List.of("TLSv1.2", "TLSv1.3"), Stream.of(Arguments.of("", null)));
    }

    @ParameterizedTest(name = "from {2}, {3}")
    @MethodSource("ends")
    void dataBehindTheEndIsDiscarded(String what, Abuse none, String end, String version) throws IOException {
        connect(end.equals("a client"), version);
        peer.record(DATA, "before".getBytes(UTF_8));
        peer.record(ALERT, bytes(1, 0));
        peer.record(DATA, "behind".getBytes(UTF_8));
        simulation.run(AT_ONCE);
        assertThat(events).containsExactly("before", "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(stream.error()).isNull();
    }

    @Test
    void theFirstRecordTooManyIsTheThirtyThirdInARow() throws IOException {
        connect(true, "TLSv1.3");
        for (int i = 0; i < 32; i++) {
            peer.newKeys(false);
        }
        simulation.run(AT_ONCE);
        assertThat(stream.closed()).isFalse();
        peer.newKeys(false);
        simulation.run(AT_ONCE);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void newKeysBetweenBytesAreCountedByTheMinute(boolean answered) throws IOException {
        connect(true, "TLSv1.3");
        for (int i = 0; i < 64; i++) {
            newKeysAndAByte(answered);
        }
        assertThat(events).hasSize(64);
        simulation.run(Duration.ofMinutes(1));
        for (int i = 0; i < 64; i++) {
            newKeysAndAByte(answered);
        }
        assertThat(events).hasSize(128).containsOnly("x");
        newKeysAndAByte(answered);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(stream.error()).hasMessageContaining("65 records within a minute");
    }

    private void newKeysAndAByte(boolean answered) {
        peer.newKeys(answered);
        peer.record(DATA, bytes('x'));
        simulation.run(Duration.ofMillis(3));
    }

    @Test
    void newKeysNowAndThenAreWelcomeForEver() throws IOException {
        connect(true, "TLSv1.3");
        for (int i = 0; i < 300; i++) {
            newKeysAndAByte(true);
            simulation.run(Duration.ofSeconds(1));
        }
        assertThat(events).hasSize(300).containsOnly("x");
        assertThat(stream.closed()).isFalse();
    }
}
