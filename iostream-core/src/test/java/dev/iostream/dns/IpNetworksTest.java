package dev.iostream.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpNetworksTest {
    private static InetAddress address(String literal) throws UnknownHostException {
        InetAddress parsed = IpLiteral.parse(literal);
        assertThat(parsed).as("the literal %s", literal).isNotNull();
        return parsed;
    }

    // ---- what is in a network

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0",
        "10.0.0.0/8, 10.255.255.255",
        "192.0.2.128/25, 192.0.2.128",
        "192.0.2.128/25, 192.0.2.255",
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1/32, 192.0.2.1",
        "0.0.0.0/0, 255.255.255.255",
        "2001:db8::/32, 2001:db8:ffff::1",
        "2001:db8::8000/113, 2001:db8::ffff",
        "::1, ::1",
        "::/0, ffff::",
        "::ffff:10.0.0.0/104, 10.1.2.3",
        "::ffff:10.0.0.1, 10.0.0.1",
        "10.0.0.0/8, ::ffff:10.0.0.1",
    })
    void anAddressWithTheSameFirstBitsIsInTheNetwork(String network, String literal) throws UnknownHostException {
        assertThat(IpNetworks.of(network).contains(address(literal))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 9.255.255.255",
        "10.0.0.0/8, 11.0.0.0",
        "192.0.2.128/25, 192.0.2.127",
        "192.0.2.1, 192.0.2.2",
        "128.0.0.0/1, 127.255.255.255",
        "2001:db8::/32, 2001:db9::",
        "2001:db8::8000/113, 2001:db8::7fff",
        "::/0, 10.0.0.1",
        "0.0.0.0/0, ::1",
        "::/96, 10.0.0.1",
    })
    void anotherIsNot(String network, String literal) throws UnknownHostException {
        assertThat(IpNetworks.of(network).contains(address(literal))).isFalse();
    }

    @Test
    void theZoneOfAnAddressDoesNotMatter() throws UnknownHostException {
        InetAddress zoned = Inet6Address.getByAddress(null, address("fe80::1").getAddress(), 7);
        assertThat(IpNetworks.of("fe80::/10").contains(zoned)).isTrue();
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        mapped[12] = 10;
        InetAddress zonedAndMapped = Inet6Address.getByAddress(null, mapped, 7);
        assertThat(IpNetworks.of("10.0.0.0/8").contains(zonedAndMapped)).isTrue();
        assertThat(IpNetworks.of("::/0").contains(zonedAndMapped)).isFalse();
    }

    @Test
    void ofNoneNothingIsIn() throws UnknownHostException {
        assertThat(IpNetworks.none().isEmpty()).isTrue();
        assertThat(IpNetworks.of().contains(address("::1"))).isFalse();
        assertThat(IpNetworks.of()).isEqualTo(IpNetworks.none());
        assertThat(IpNetworks.of("::1").isEmpty()).isFalse();
    }

    @Test
    void networksWithinOthersAreLeftOutAndTheOrderDoesNotMatter() {
        IpNetworks networks = IpNetworks.of("::1", "10.1.0.0/16", "10.0.0.0/8", "9.0.0.0/8", "10.0.0.0/8");
        assertThat(networks).hasToString("[9.0.0.0/8, 10.0.0.0/8, 0:0:0:0:0:0:0:1/128]");
        assertThat(networks)
                .isEqualTo(IpNetworks.of(List.of("10.0.0.0/8", "9.0.0.0/8", "::1")))
                .hasSameHashCodeAs(IpNetworks.of("9.0.0.0/8", "::1/128", "10.0.0.0/8"))
                .isNotEqualTo(IpNetworks.of("10.0.0.0/8"));
    }

    /** Against the plainest way to find out: the bits as text. */
    @Test
    void findsWhatComparingBitByBitFinds() throws UnknownHostException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int bytes = round % 2 == 0 ? 4 : 16;
            List<String> prefixes = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                byte[] first = similar(random, bytes);
                int prefix = random.nextInt(bytes * 8 + 1);
                String bits = bits(first).substring(0, prefix);
                prefixes.add(bits);
                texts.add(fromBits(bits, bytes).getHostAddress() + "/" + prefix);
            }
            IpNetworks networks = IpNetworks.of(texts);
            for (int i = 0; i < 50; i++) {
                InetAddress probe = InetAddress.getByAddress(similar(random, bytes));
                String bits = bits(probe.getAddress());
                assertThat(networks.contains(probe))
                        .as("%s in %s, seed %d", probe, texts, seed)
                        .isEqualTo(prefixes.stream().anyMatch(bits::startsWith));
            }
        }
    }

    /** Few different bits, so that many are in many. */
    private static byte[] similar(Random random, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 0);
        }
        if (count == 16) {
            // not one of those that are IPv4 in truth
            bytes[0] = 0x20;
        }
        return bytes;
    }

    private static String bits(byte[] bytes) {
        var bits = new StringBuilder();
        for (byte each : bytes) {
            bits.append(Integer.toBinaryString(each & 0xff | 0x100).substring(1));
        }
        return bits.toString();
    }

    private static InetAddress fromBits(String bits, int count) throws UnknownHostException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < bits.length(); i++) {
            if (bits.charAt(i) == '1') {
                bytes[i / 8] |= (byte) (0x80 >> i % 8);
            }
        }
        return InetAddress.getByAddress(bytes);
    }

    // ---- what is not a network

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "example.org; names are not looked up",
                "localhost/8; 'localhost' is not an IP address",
                "\"\"; '' is not an IP address",
                "/8; '' is not an IP address",
                "10.0.0/8; '10.0.0' is not an IP address",
                "010.0.0.0/8; '010.0.0.0' is not an IP address",
                "\" 10.0.0.0/8\"; ' 10.0.0.0' is not an IP address",
                "[::1]; '[::1]' is not an IP address",
                "10.0.0.0/; a number of bits from 0 to 32",
                "10.0.0.0/33; a number of bits from 0 to 32",
                "10.0.0.0/-1; a number of bits from 0 to 32",
                "10.0.0.0/+8; a number of bits from 0 to 32",
                "10.0.0.0/08; a number of bits from 0 to 32",
                "\"10.0.0.0/8 \"; a number of bits from 0 to 32",
                "10.0.0.0/8/8; a number of bits from 0 to 32",
                "10.0.0.0/255.0.0.0; a number of bits from 0 to 32",
                "2001:db8::/129; a number of bits from 0 to 128",
                "2001:db8::/99999999999; a number of bits from 0 to 128",
                "10.0.0.1/8; write 10.0.0.0/8 for the network, or 10.0.0.1 for the one address",
                "192.0.2.127/25; write 192.0.2.0/25 for the network",
                "2001:db8::1/64; write 2001:db8:0:0:0:0:0:0/64 for the network",
                "fe80::1%eth0; a network has no zone",
                "fe80::%1/64; a network has no zone",
                "::ffff:10.0.0.0/90; write it as IPv4",
            })
    void anythingElseIsRefusedAndTheMessageSaysWhy(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpNetworks.of("10.0.0.0/8", text))
                .withMessageStartingWith("'" + text + "' is not a network")
                .withMessageContaining(why);
    }
}
