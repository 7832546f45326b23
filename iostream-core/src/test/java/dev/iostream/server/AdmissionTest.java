package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.dns.IpNetworks;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static boolean allows(Admission admission, String address) {
        return admission.allows(new InetSocketAddress(address, 1));
    }

    @Test
    void everybodyIsAllowedUnlessSomethingElseIsSaid() {
        Admission admission = Admission.defaults();
        assertThat(allows(admission, "192.0.2.1")).isTrue();
        assertThat(allows(admission, "2001:db8::1")).isTrue();
        assertThat(admission.allows(null)).isTrue();
        assertThat(admission.acceptRate()).isEqualTo(Admission.UNLIMITED);
        assertThat(admission.proxyProtocol()).isNull();
        assertThat(admission.rejectWith()).isNull();
    }

    @Test
    void whoIsDeniedIsNotAllowedAndIfSomeAreAllowedNobodyElseIs() {
        Admission admission = Admission.defaults().allow("192.0.2.0/24").deny("192.0.2.128/25");
        assertThat(allows(admission, "192.0.2.1")).isTrue();
        assertThat(allows(admission, "192.0.2.200")).isFalse();
        assertThat(allows(admission, "198.51.100.1")).isFalse();
        assertThat(allows(admission, "::1")).isFalse();
        assertThat(allows(Admission.defaults().deny("::/0"), "192.0.2.1")).isTrue();
    }

    @Test
    void peersOverUnixDomainSocketsAreNotSubjectToAddresses() {
        Admission admission = Admission.defaults().allow("192.0.2.0/24").deny("0.0.0.0/0");
        assertThat(admission.allows(UnixDomainSocketAddress.of(""))).isTrue();
        assertThat(admission.allows(null)).as("nobody knows who").isFalse();
    }

    @Test
    void whatIsSaidAboutOneThingLeavesTheOthersAlone() {
        Admission admission = Admission.defaults()
                .allow("192.0.2.0/24")
                .deny("192.0.2.1")
                .acceptRate(100, 20)
                .proxyProtocol(ProxyProtocol.from("10.0.0.0/8"))
                .rejectWith("busy");
        assertThat(admission)
                .isEqualTo(new Admission(
                        IpNetworks.of("192.0.2.0/24"),
                        IpNetworks.of("192.0.2.1"),
                        100,
                        20,
                        ProxyProtocol.from("10.0.0.0/8"),
                        ByteBuffer.wrap("busy".getBytes(StandardCharsets.UTF_8))));
        assertThat(admission.acceptRate(7).acceptBurst()).isEqualTo(7);
        assertThat(admission.rejectWith((ByteBuffer) null).rejectWith()).isNull();
        assertThat(admission.proxyProtocol(null).proxyProtocol()).isNull();
    }

    @Test
    void whatIsSentIsNotSharedWithAnybody() {
        ByteBuffer mine = ByteBuffer.wrap(new byte[] {1, 2, 3});
        Admission admission = Admission.defaults().rejectWith(mine);
        mine.put(0, (byte) 9).position(2);
        ByteBuffer first = admission.rejectWith();
        first.position(3);
        assertThat(admission.rejectWith()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(first.isReadOnly()).isTrue();
    }

    @Test
    void wrongOptionsAreRefused() {
        Admission defaults = Admission.defaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.acceptRate(0))
                .withMessage("acceptRate and acceptBurst must be at least 1, were 0 and 0");
        assertThatIllegalArgumentException().isThrownBy(() -> defaults.acceptRate(1, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.allow("10.0.0.1/8"))
                .withMessageContaining("10.0.0.0/8");
        TlsOptions tls = TlsOptions.server(
                SslContexts.server(TestCertificates.CA.issue("server").create().key()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerOptions.named("secret").tls(tls).admission(defaults.rejectWith("busy")))
                .withMessageContaining("'secret'")
                .withMessageContaining("rejectWith");
    }

    // ---- from whom headers are taken

    @Test
    void theProxyProtocolNeedsSomebodyWhoIsTrusted() {
        assertThatIllegalArgumentException()
                .isThrownBy(ProxyProtocol::from)
                .withMessageContaining("needs networks to be trusted");
        ProxyProtocol proxies = ProxyProtocol.from("10.0.0.0/8");
        assertThat(proxies.headerTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxies.headerTimeout(Duration.ZERO))
                .withMessageContaining("headerTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyProtocol.fromUnixDomain().unixDomain(false));
    }

    @Test
    void onlyWhoIsInATrustedNetworkIsTrusted() {
        ProxyProtocol proxies = ProxyProtocol.from("10.0.0.0/8");
        assertThat(proxies.trusts(new InetSocketAddress("10.1.2.3", 4))).isTrue();
        assertThat(proxies.trusts(new InetSocketAddress("11.1.2.3", 4))).isFalse();
        assertThat(proxies.trusts(InetSocketAddress.createUnresolved("10.1.2.3", 4)))
                .isFalse();
        assertThat(proxies.trusts(UnixDomainSocketAddress.of(""))).isFalse();
        assertThat(proxies.trusts(null)).isFalse();
        assertThat(proxies.unixDomain(true).trusts(UnixDomainSocketAddress.of("")))
                .isTrue();
        assertThat(ProxyProtocol.fromUnixDomain().trusts(new InetSocketAddress("10.1.2.3", 4)))
                .isFalse();
    }

    // ---- the rate

    @Test
    void aBucketLetsABurstThroughAndThenOneAtATime() {
        long now = Long.MAX_VALUE - 5;
        var rate = new AcceptRate(1000, 3, now);
        for (int i = 0; i < 3; i++) {
            assertThat(rate.take(now)).isZero();
        }
        assertThat(rate.take(now)).isEqualTo(1_000_000);
        assertThat(rate.take(now + 999_999)).isEqualTo(1);
        assertThat(rate.take(now + 1_000_000)).isZero();
        assertThat(rate.take(now + 1_000_000)).isEqualTo(1_000_000);
        rate.giveBack();
        assertThat(rate.take(now + 1_000_000)).isZero();
        long later = now + Duration.ofDays(1).toNanos();
        for (int i = 0; i < 3; i++) {
            assertThat(rate.take(later)).isZero();
        }
        assertThat(rate.take(later)).as("a pause does not add up").isEqualTo(1_000_000);
    }
}
