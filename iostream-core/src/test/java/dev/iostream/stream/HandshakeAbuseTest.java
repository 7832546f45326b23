package dev.iostream.stream;

import static dev.iostream.tls.HandMade.alert;
import static dev.iostream.tls.HandMade.bytes;
import static dev.iostream.tls.HandMade.clientHello;
import static dev.iostream.tls.HandMade.cut;
import static dev.iostream.tls.HandMade.extension;
import static dev.iostream.tls.HandMade.inRecord;
import static dev.iostream.tls.HandMade.join;
import static dev.iostream.tls.HandMade.message;
import static dev.iostream.tls.HandMade.messageBegun;
import static dev.iostream.tls.HandMade.recordBegun;
import static dev.iostream.tls.HandMade.repeat;
import static dev.iostream.tls.HandMade.retry;
import static dev.iostream.tls.HandMade.with;
import static dev.iostream.tls.ScriptedTls.ALERT;
import static dev.iostream.tls.ScriptedTls.CHANGE_CIPHER_SPEC;
import static dev.iostream.tls.ScriptedTls.DATA;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.RawTls;
import dev.iostream.tls.TlsException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that break the rules before anything is encrypted: how soon they are ended, how little of theirs is kept, how
 * little they are answered, and that nobody else notices.
 */
class HandshakeAbuseTest extends TlsFixture {
    private static final Duration AT_ONCE = Duration.ofMillis(100);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MOST_ANSWERED = 4 * 1024;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    private static final int ALPN = 16;
    private static final int KEY_SHARE = 51;
    private static final byte[] UNEXPECTED_MESSAGE = alert(2, 10);
    private static final byte[] HELLO = clientHello("localhost");
    private static final byte[] HELLO_RECORD = inRecord(HANDSHAKE, HELLO);

    private Canary canary;
    private final ByteArrayOutputStream answered = new ByteArrayOutputStream();
    private int retries;

    @BeforeEach
    void release() {
        canary = new Canary(simulation);
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        canary.isUnharmed();
    }

    private static Arguments of(String what, byte[]... parts) {
        return Arguments.of(what, join(parts));
    }

    /** Who sends more than is read before the connection is closed is reset by the system, and told nothing. */
    private static byte[] toldAfter(byte[] bytes) {
        return bytes.length < 1024 * 1024 ? UNEXPECTED_MESSAGE : bytes();
    }

    private void answered(ByteBuffer view) {
        byte[] part = new byte[view.remaining()];
        view.get(part);
        answered.writeBytes(part);
    }

    // ---- clients

    private IOStream attack(byte[] bytes) {
        serve(serverOptions(), TlsFixture::echo);
        IOStream attacker = plainClient();
        attacker.write(bytes);
        attacker.readUntilClose(answered::writeBytes, this::answered);
        simulation.run(AT_ONCE);
        return served.get(0);
    }

    static Stream<Arguments> clientsThatDoNotSpeakTls() {
        var garbage = new byte[64 * 1024];
        new Random(1).nextBytes(garbage);
        garbage[0] = 99;
        return Stream.of(
                of("a mebibyte of zeros", new byte[1024 * 1024]),
                of("garbage", garbage),
                of("plain HTTP", "GET / HTTP/1.1\r\n\r\n".getBytes()),
                of("SSH", "SSH-2.0-client\r\n".getBytes()),
                of("a hello of SSL 2", bytes(0x80, 0x2e, 1, 0, 2, 0, 0, 0)),
                of("data", inRecord(DATA, new byte[100])),
                of("a flood of ChangeCipherSpec", repeat(10_000, inRecord(CHANGE_CIPHER_SPEC, bytes(1)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clientsThatDoNotSpeakTls")
    void aClientThatDoesNotSpeakTlsIsToldAndEndedAtOnce(String what, byte[] bytes) {
        IOStream stream = attack(bytes);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PLAINTEXT_ON_TLS);
        assertThat(answered.toByteArray()).isEqualTo(toldAfter(bytes));
    }

    static Stream<Arguments> clientsThatBreakTheRules() {
        return Stream.of(
                of("9 bytes that announce 16 MiB", recordBegun(4, messageBegun(CLIENT_HELLO, 0xFFFFFF))),
                of(
                        "16 MiB in a long record",
                        recordBegun(16_000, messageBegun(CLIENT_HELLO, 0xFFFFFF)),
                        new byte[16_000 - 4]),
                of(
                        "a message in endless records of one byte",
                        cut(1, join(messageBegun(CLIENT_HELLO, 32_767), new byte[20_000]))),
                of("empty records of the handshake", repeat(10_000, inRecord(HANDSHAKE, bytes()))),
                of("empty alerts", repeat(10_000, inRecord(ALERT, bytes()))),
                of("empty records after the hello", HELLO_RECORD, repeat(10_000, inRecord(HANDSHAKE, bytes()))),
                of("empty data after the hello", HELLO_RECORD, repeat(10_000, inRecord(DATA, bytes()))),
                of(
                        "a flood of ChangeCipherSpec after the hello",
                        HELLO_RECORD,
                        repeat(10_000, inRecord(CHANGE_CIPHER_SPEC, bytes(1)))),
                of("a flood of warnings", repeat(10_000, alert(1, 90))),
                of("a flood of warnings after the hello", HELLO_RECORD, repeat(10_000, alert(1, 90))),
                of("an alert that there is not", alert(2, 255)),
                of("an end before the beginning", alert(1, 0)),
                of("a record of 18,433 bytes", recordBegun(18_433, new byte[4])),
                of("a record of 65,535 bytes", recordBegun(65_535, new byte[4])),
                of(
                        "data within a message",
                        inRecord(HANDSHAKE, Arrays.copyOf(HELLO, 100)),
                        inRecord(DATA, new byte[10])),
                of("data before the end of the handshake", HELLO_RECORD, inRecord(DATA, new byte[100])),
                of("two hellos", HELLO_RECORD, HELLO_RECORD),
                of(
                        "hellos without a key, for which there is always another wish",
                        repeat(100, inRecord(HANDSHAKE, with(HELLO, KEY_SHARE, bytes(0, 0))))),
                of(
                        "60 KB of protocols",
                        cut(16_000, with(HELLO, ALPN, join(bytes(0xEA, 0x60), repeat(30_000, bytes(1, 'x')))))),
                of(
                        "60 KB of keys",
                        cut(
                                16_000,
                                with(HELLO, KEY_SHARE, join(bytes(0xEA, 0x60, 0, 29, 0xEA, 0x5C), new byte[59_996])))),
                of(
                        "30 KB of names",
                        cut(16_000, with(HELLO, 0, join(bytes(0x75, 0x33, 0, 0x75, 0x30), new byte[30_000])))),
                of("a message of a server", inRecord(HANDSHAKE, message(0, bytes()))),
                of("the end of a handshake", inRecord(HANDSHAKE, message(20, new byte[12]))),
                of("a message that there is not", inRecord(HANDSHAKE, message(99, new byte[12]))),
                of("an empty hello", inRecord(HANDSHAKE, message(CLIENT_HELLO, bytes()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clientsThatBreakTheRules")
    void aClientThatBreaksTheRulesIsEndedAtOnce(String what, byte[] bytes) {
        IOStream stream = attack(bytes);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(stream.error()).isInstanceOf(TlsException.class);
        assertThat(stream.error().getMessage()).hasSizeLessThan(1000);
        assertThat(answered.size()).isLessThanOrEqualTo(MOST_ANSWERED);
    }

    static Stream<Arguments> clientsThatAreOnlySlowOrOdd() {
        var extensions = new ByteArrayOutputStream();
        for (int i = 0; i < 1000; i++) {
            extensions.writeBytes(extension(20_000 + i, bytes()));
        }
        return Stream.of(
                of("half a hello", Arrays.copyOf(HELLO_RECORD, 100)),
                of("9 bytes of a long record", recordBegun(16_000, messageBegun(CLIENT_HELLO, 0xFFFFFF))),
                of(
                        "9 bytes of a record as long as can be",
                        recordBegun(16_384 + 2048, messageBegun(CLIENT_HELLO, 100))),
                of("a hello in records of one byte", cut(1, HELLO)),
                of("a hello with 1,000 extensions", cut(16_000, with(HELLO, extensions.toByteArray()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clientsThatAreOnlySlowOrOdd")
    void aClientThatIsOnlySlowOrOddHoldsLittleUntilTheDeadline(String what, byte[] bytes) {
        IOStream stream = attack(bytes);
        assertThat(stream.error()).isNull();
        assertThat(RawTls.held(stream.driver().transport())).isLessThanOrEqualTo(bytes.length);
        simulation.run(DEADLINE.minus(AT_ONCE));
        assertThat(stream.closed()).isFalse();
        simulation.run(AT_ONCE);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
        assertThat(answered.size()).isLessThanOrEqualTo(MOST_ANSWERED);
    }

    // ---- servers

    /** A client of ours and a server that answers its first message so. */
    private SSLIOStream connectToServerThatAnswers(byte[] bytes) {
        servePlain(server -> server.readBytes(5, header -> {
            int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
            server.readBytes(length, hello -> {
                server.write(bytes);
                server.readUntilClose(answered::writeBytes, this::answered);
            });
        }));
        SSLIOStream client = connect(clientOptions(), "localhost");
        simulation.run(AT_ONCE);
        return client;
    }

    static Stream<Arguments> serversThatDoNotSpeakTls() {
        return Stream.of(
                of("a mebibyte of zeros", new byte[1024 * 1024]),
                of("plain HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes()),
                of("a hello of SSL 2", bytes(0x80, 0x2e, 4, 0, 2, 0, 0, 0)),
                of("data", inRecord(DATA, new byte[100])),
                of("a flood of ChangeCipherSpec", repeat(10_000, inRecord(CHANGE_CIPHER_SPEC, bytes(1)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("serversThatDoNotSpeakTls")
    void aServerThatDoesNotSpeakTlsIsToldAndEndedAtOnce(String what, byte[] bytes) {
        SSLIOStream client = connectToServerThatAnswers(bytes);
        assertThat(client.closeReason()).isEqualTo(CloseReason.PLAINTEXT_ON_TLS);
        assertThat(answered.toByteArray()).isEqualTo(toldAfter(bytes));
    }

    static Stream<Arguments> serversThatBreakTheRules() {
        return Stream.of(
                of("9 bytes that announce 16 MiB", recordBegun(4, messageBegun(SERVER_HELLO, 0xFFFFFF))),
                of("a record of 65,535 bytes", recordBegun(65_535, new byte[4])),
                of(
                        "a message in endless records of one byte",
                        cut(1, join(messageBegun(SERVER_HELLO, 32_767), new byte[20_000]))),
                of("empty records of the handshake", repeat(10_000, inRecord(HANDSHAKE, bytes()))),
                of("a flood of warnings", repeat(10_000, alert(1, 90))),
                of("a flood of wishes to begin again", repeat(10_000, inRecord(HANDSHAKE, message(0, bytes())))),
                of("an alert that there is not", alert(2, 255)),
                of("an end before the beginning", alert(1, 0)),
                of("the client's own message", HELLO_RECORD),
                of("an empty hello", inRecord(HANDSHAKE, message(SERVER_HELLO, bytes()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("serversThatBreakTheRules")
    void aServerThatBreaksTheRulesIsEndedAtOnce(String what, byte[] bytes) {
        SSLIOStream client = connectToServerThatAnswers(bytes);
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(client.error()).isInstanceOf(TlsException.class);
        assertThat(answered.size()).isLessThanOrEqualTo(MOST_ANSWERED);
        assertThat(events).hasSize(2).last().isEqualTo("closed");
    }

    @Test
    void aServerThatAlwaysWantsAnotherKeyIsEnded() {
        servePlain(server -> askAgain(server, 24));
        SSLIOStream client = connect(clientOptions(), "localhost");
        simulation.run(Duration.ofSeconds(1));
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(retries).isLessThanOrEqualTo(20);
    }

    private void askAgain(IOStream server, int group) {
        server.readBytes(5, header -> {
            int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
            server.readBytes(length, hello -> {
                boolean isHello = header[0] == HANDSHAKE;
                if (isHello) {
                    retries++;
                    server.write(inRecord(HANDSHAKE, retry(hello, group)));
                }
                askAgain(server, isHello ? 49 - group : group);
            });
        });
    }

    @Test
    void garbageOfAllKindsIsEndedAndNothingElse() {
        serve(serverOptions(), TlsFixture::echo);
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] garbage = new byte[64 * 1024];
        for (int i = 0; i < 1000; i++) {
            random.nextBytes(garbage);
            IOStream client = plainClient();
            client.write(garbage);
            simulation.run(Duration.ofMillis(10));
            client.abort();
            simulation.run(Duration.ofMillis(10));
        }
        simulation.run(DEADLINE);
        assertThat(served)
                .as("seed %d", seed)
                .hasSize(1000)
                .allMatch(IOStream::closed)
                .allMatch(stream -> stream.error() instanceof java.io.IOException);
    }
}
