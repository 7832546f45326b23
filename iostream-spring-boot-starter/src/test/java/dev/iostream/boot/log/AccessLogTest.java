package dev.iostream.boot.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessLogTest {
    private static final SocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 51022);

    private final Logged logged = Logged.under(AccessLog.CATEGORY);
    private final AccessLog log = new AccessLog(EndpointRole.SERVER, "orders");

    private static StreamInfo stream(
            @Nullable SocketAddress remote, Duration open, @Nullable String tls, @Nullable String identity) {
        return stream(remote, null, open, tls, identity);
    }

    private static StreamInfo stream(
            @Nullable SocketAddress remote,
            @Nullable SocketAddress proxy,
            Duration open,
            @Nullable String tls,
            @Nullable String identity) {
        return new StreamInfo(
                17, "orders", "loop-1", "CLOSED", null, remote, proxy, open, 1234, 567, 0, 0, 0, 0, tls, identity,
                null);
    }

    @AfterEach
    void close() {
        logged.close();
    }

    @Test
    void aConnectionIsOneLineWhenItEnds() {
        log.streamOpened(stream(PEER, Duration.ZERO, null, null));
        log.streamClosed(stream(PEER, Duration.ofMillis(12_345), null, null), CloseReason.PEER_END, null);

        assertThat(logged.lines())
                .containsExactly(
                        "INFO server=orders connection=17 peer=127.0.0.1:51022 proxy=- identity=- tls=- duration=12.345"
                                + " in=1234 out=567 reason=peer_end");
    }

    @Test
    void oneThatIsEncryptedSaysWithWhatAndWho() {
        log.streamClosed(stream(PEER, Duration.ofSeconds(1), "TLSv1.3", "CN=term-1,O=Bank"), CloseReason.LOCAL, null);

        assertThat(logged.lines()).singleElement().asString().contains("identity=\"CN=term-1,O=Bank\" tls=TLSv1.3");
    }

    @Test
    void oneThatCameThroughAProxySaysFromWhomAndThroughWhich() {
        var proxy = new InetSocketAddress("10.0.0.5", 8443);
        log.streamClosed(stream(PEER, proxy, Duration.ZERO, null, null), CloseReason.LOCAL, null);

        assertThat(logged.lines()).singleElement().asString().contains(" peer=127.0.0.1:51022 proxy=10.0.0.5:8443 ");
    }

    @Test
    void oneThatNeverOpenedHasALineToo() {
        log.streamFailed(
                stream(PEER, Duration.ZERO, null, null), CloseReason.TLS_FAILED, new IllegalStateException("oops"));

        assertThat(logged.lines())
                .singleElement()
                .asString()
                .contains("duration=0.000")
                .endsWith("reason=tls_failed");
    }

    @Test
    void peersWithoutAnAddressAreShownAsFarAsTheyHaveOne() {
        log.streamClosed(stream(null, Duration.ZERO, null, null), CloseReason.LOCAL, null);
        log.streamClosed(
                stream(UnixDomainSocketAddress.of("/run/my app.sock"), Duration.ZERO, null, null),
                CloseReason.LOCAL,
                null);

        assertThat(logged.lines()).first().asString().contains(" peer=- ");
        assertThat(logged.lines()).last().asString().contains(" peer=\"unix:/run/my app.sock\" ");
    }

    @Test
    void whatAPeerCallsItselfCannotForgeALineOrAField() {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        String evil = "\r\n\u001B\"\\ =\u2028\u0000\u0085é😀a";
        for (int i = 0; i < 200; i++) {
            var name = new StringBuilder("CN=\" reason=local\n");
            random.ints(20, 0, evil.length()).forEach(at -> name.append(evil.charAt(at)));
            log.streamClosed(stream(PEER, Duration.ZERO, "TLSv1.3", name.toString()), CloseReason.PEER_END, null);
        }

        assertThat(logged.lines())
                .as("seed %d", seed)
                .hasSize(200)
                .allMatch(line -> line.matches("INFO server=orders connection=17 peer=127\\.0\\.0\\.1:51022"
                        + " proxy=- identity=\"(?:[ -!#-\\[\\]-~]|\\\\[ -~])*\" tls=TLSv1\\.3 duration=0\\.000 in=1234 out=567"
                        + " reason=peer_end"));
    }

    @Test
    void namesThatWouldNotBeOneWordAreQuoted() {
        new AccessLog(EndpointRole.CLIENT, "my orders")
                .streamClosed(stream(PEER, Duration.ZERO, null, null), CloseReason.LOCAL, null);

        assertThat(logged.lines()).singleElement().asString().startsWith("INFO client=\"my orders\" connection=17 ");
    }
}
