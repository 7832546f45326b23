package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Stage;
import dev.iostream.loop.Interest;
import dev.iostream.proxy.ProxiedTransport;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocolException;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A header as it comes, over a wire that gives what it is told to give. */
class ProxiedTransportTest implements ProxiedTransport.Introduction {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 51234);
    private static final InetSocketAddress FRONT = new InetSocketAddress("198.51.100.2", 443);
    private static final ProxyHeader HEADER = ProxyHeader.of(CLIENT, FRONT);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final Simulation simulation = new Simulation(Link.perfect());
    private final ScriptedTransport wire = new ScriptedTransport();
    private final List<ProxyHeader> introduced = new ArrayList<>();
    private final List<ProxyProtocolException> failures = new ArrayList<>();
    private final List<Integer> ready = new ArrayList<>();
    private IOException refusal;

    private ProxiedTransport proxied() throws IOException {
        var proxied = new ProxiedTransport(wire, simulation.loop(), LIMIT, this);
        proxied.attach(ready::add);
        assertThat(proxied.establish()).isEqualTo(Stage.INTRODUCING);
        return proxied;
    }

    @Override
    public void introduced(ProxyHeader header) throws IOException {
        introduced.add(header);
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public void failed(ProxyProtocolException why) {
        failures.add(why);
    }

    @AfterEach
    void noTimerIsLeft() {
        assertThat(simulation.loop().stats().timers()).isZero();
        assertThat(introduced.size() + failures.size()).isLessThanOrEqualTo(1);
    }

    private static byte[] joined(byte[] first, String rest) {
        byte[] all = Arrays.copyOf(first, first.length + rest.length());
        System.arraycopy(rest.getBytes(US_ASCII), 0, all, first.length, rest.length());
        return all;
    }

    private static String read(ProxiedTransport proxied, int most) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(most);
        int count = proxied.read(into);
        assertThat(into.position()).isEqualTo(Math.max(count, 0));
        return UTF_8.decode(into.flip()).toString();
    }

    // ---- the header comes

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aHeaderMayComeInAnyTwoPiecesAndWhatIsBehindItIsReadNext(int version) throws IOException {
        byte[] header = version == 1 ? HEADER.encodeV1() : HEADER.encodeV2();
        byte[] all = joined(header, "behind");
        for (int split = 1; split < all.length; split++) {
            ProxiedTransport proxied = proxied();
            wire.gives(Arrays.copyOf(all, split));
            Stage first = proxied.establish();
            assertThat(first).isEqualTo(split < header.length ? Stage.INTRODUCING : Stage.READY);
            wire.gives(Arrays.copyOfRange(all, split, all.length));
            assertThat(proxied.establish()).isEqualTo(Stage.READY);
            assertThat(introduced).as("split at %d", split).containsExactly(HEADER);
            var text = new StringBuilder();
            for (int i = 0; i < all.length && text.length() < 6; i++) {
                text.append(read(proxied, 4));
            }
            assertThat(text).as("split at %d", split).hasToString("behind");
            assertThat(read(proxied, 4)).isEmpty();
            introduced.clear();
        }
    }

    @Test
    void itTellsTheAddressesOfTheHeader() throws IOException {
        ProxiedTransport proxied = proxied();
        assertThat(proxied.remoteAddress()).isNull();
        assertThat(proxied.header()).isNull();
        wire.gives(HEADER.encodeV2());
        proxied.establish();
        assertThat(proxied.remoteAddress()).isEqualTo(CLIENT);
        assertThat(proxied.localAddress()).isEqualTo(FRONT);
        assertThat(proxied.header()).isEqualTo(HEADER);
    }

    @Test
    void beforeTheHeaderNothingIsReadWrittenOrWatchedButForIt() throws IOException {
        ProxiedTransport proxied = proxied();
        assertThat(wire.watched).isEqualTo(Interest.READ);
        proxied.watch(Interest.WRITE);
        assertThat(wire.watched).isEqualTo(Interest.READ);
        assertThat(proxied.write(ByteBuffer.wrap(new byte[3]))).isZero();
        wire.gives(HEADER.encodeV2());
        assertThat(proxied.read(ByteBuffer.allocate(100))).isZero();
        assertThat(proxied.establish()).isEqualTo(Stage.READY);
        assertThat(wire.watched).isEqualTo(Interest.WRITE);
        assertThat(proxied.write(ByteBuffer.wrap(new byte[3]))).isEqualTo(3);
    }

    @Test
    void readinessGoesToTheStreamDirectly() throws IOException {
        ProxiedTransport proxied = proxied();
        wire.becomesReady(Interest.READ);
        wire.gives(HEADER.encodeV2());
        proxied.establish();
        wire.becomesReady(Interest.WRITE);
        assertThat(ready).containsExactly(Interest.READ, Interest.WRITE);
    }

    @Test
    void noMoreThanTheLongestHeaderIsReadAhead() throws IOException {
        ProxiedTransport proxied = proxied();
        byte[] much = joined(HEADER.encodeV2(), "x".repeat(100_000));
        wire.gives(much);
        assertThat(proxied.establish()).isEqualTo(Stage.READY);
        assertThat(read(proxied, 100_000)).hasSize(ProxyHeader.LONGEST - 28);
        assertThat(read(proxied, 100_000)).hasSize(100_000 - ProxyHeader.LONGEST + 28);
    }

    @Test
    void whoeverIntroducesMayRefuse() throws IOException {
        ProxiedTransport proxied = proxied();
        refusal = new IOException("not you");
        wire.gives(HEADER.encodeV2());
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(proxied::establish).isSameAs(refusal);
        }
        assertThat(introduced).hasSize(1);
        proxied.close();
        assertThat(wire.isClosed()).isTrue();
    }

    // ---- it does not

    @Test
    void theDeadlineIsKeptToTheMoment() throws IOException {
        ProxiedTransport proxied = proxied();
        wire.gives(Arrays.copyOf(HEADER.encodeV2(), 20));
        proxied.establish();
        simulation.run(LIMIT.minusNanos(1));
        assertThat(failures).isEmpty();
        simulation.run(Duration.ofNanos(1));
        assertThat(failures).hasSize(1);
        assertThat(ready).as("the stream is told").hasSize(1);
        assertFails(proxied, CloseReason.PROXY_PROTOCOL, "within PT3S");
    }

    @Test
    void bytesThatComeDoNotMoveTheDeadline() throws IOException {
        ProxiedTransport proxied = proxied();
        byte[] header = HEADER.encodeV2();
        for (int i = 0; i < 6; i++) {
            wire.gives(new byte[] {header[i]});
            proxied.establish();
            simulation.run(Duration.ofMillis(500));
        }
        assertFails(proxied, CloseReason.PROXY_PROTOCOL, "within PT3S");
    }

    @Test
    void bytesThatAreNoHeaderFailIt() throws IOException {
        ProxiedTransport proxied = proxied();
        wire.gives("GET / HTTP/1.1\r\n".getBytes(US_ASCII));
        assertFails(proxied, CloseReason.PROXY_PROTOCOL, "does not begin like one");
        assertThat(failures).hasSize(1);
    }

    @Test
    void anEndBeforeAnyByteIsTheEndOfThePeer() throws IOException {
        ProxiedTransport proxied = proxied();
        wire.ends();
        assertFails(proxied, CloseReason.PEER_END, "ended before a byte came");
    }

    @Test
    void anEndWithinTheHeaderFailsIt() throws IOException {
        ProxiedTransport proxied = proxied();
        wire.gives(new byte[] {'P'});
        wire.ends();
        assertFails(proxied, CloseReason.PROXY_PROTOCOL, "ended within its PROXY header");
    }

    @Test
    void aResetIsThatOfThePeer() throws IOException {
        ProxiedTransport proxied = proxied();
        wire.fails(new IOException("Connection reset"));
        assertFails(proxied, CloseReason.PEER_RESET, "Connection reset");
    }

    private void assertFails(ProxiedTransport proxied, CloseReason reason, String message) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(proxied::establish)
                    .isInstanceOf(ProxyProtocolException.class)
                    .hasMessageContaining(message)
                    .satisfies(why -> assertThat(((CloseCause) why).reason()).isEqualTo(reason));
        }
        assertThat(failures).hasSize(1);
        proxied.close();
        assertThat(wire.isClosed()).isTrue();
    }

    @Test
    void closingItWhileItWaitsClosesTheWireAndEndsTheDeadline() throws IOException {
        ProxiedTransport proxied = proxied();
        proxied.close();
        proxied.close();
        assertThat(wire.isClosed()).isTrue();
        simulation.run(LIMIT.multipliedBy(2));
        assertThat(failures).isEmpty();
        assertThatThrownBy(proxied::establish).isInstanceOf(IOException.class);
    }

    /** Random bytes in random pieces: ready, failed or waiting, and never more held than the longest header. */
    @Test
    void randomBytesDoNoHarm() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] header = HEADER.encodeV2();
        for (int i = 0; i < 5_000; i++) {
            var chaotic = new ScriptedTransport();
            int given = 0;
            for (int piece = random.nextInt(5); piece >= 0; piece--) {
                byte[] bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                if (random.nextBoolean()) {
                    System.arraycopy(header, 0, bytes, 0, Math.min(header.length, bytes.length));
                }
                chaotic.gives(bytes);
                given += bytes.length;
            }
            var proxied = new ProxiedTransport(chaotic, simulation.loop(), LIMIT, this);
            proxied.attach(interest -> {});
            try {
                Stage stage = proxied.establish();
                for (int turn = 0; turn < 1_000 && stage != Stage.READY; turn++) {
                    stage = proxied.establish();
                }
                ByteBuffer ahead = ByteBuffer.allocate(given + 1);
                int count = stage == Stage.READY ? proxied.read(ahead) : 0;
                assertThat(count).as("seed %d", seed).isLessThan(ProxyHeader.LONGEST);
            } catch (ProxyProtocolException expected) {
                assertThat(expected.reason()).as("seed %d", seed).isEqualTo(CloseReason.PROXY_PROTOCOL);
            }
            proxied.close();
            introduced.clear();
            failures.clear();
        }
    }
}
