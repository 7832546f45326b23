package dev.iostream.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, 0:0:0:0:0:0:0:0",
        "::1, 0:0:0:0:0:0:0:1",
        "1::, 1:0:0:0:0:0:0:0",
        "2001:db8::8:800:200C:417A, 2001:db8:0:0:8:800:200c:417a",
        "2001:0db8:0000:0000:0008:0800:200c:417a, 2001:db8:0:0:8:800:200c:417a",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1::8, 1:0:0:0:0:0:0:8",
        "64:ff9b::192.0.2.33, 64:ff9b:0:0:0:0:c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1",
    })
    void readsAnAddress(String text, String address) throws UnknownHostException {
        InetAddress parsed = IpLiteral.parse(text);
        assertThat(parsed).isNotNull();
        assertThat(parsed.getHostAddress()).isEqualTo(address);
        assertThat(IpLiteral.isLiteral(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "127.1",
                "127.0.1",
                "1",
                "2130706433",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "127.0.0.01",
                "00.0.0.0",
                "127.0.0.1 ",
                " 127.0.0.1",
                "127.0.0.1\n",
                "127.0.0.1\0",
                "127.0.0.1.",
                ".127.0.0.1",
                "127..0.1",
                "1.2.3.4.5",
                "256.0.0.1",
                "1.2.3.-4",
                "1.2.3.+4",
                "1.2.3.4:80",
                "1.2.3.4/8",
                "1.2.3.4%1",
                "١.2.3.4",
                "localhost",
                "db.internal",
                "a",
                "dead.beef",
                ":",
                ":::",
                "1:",
                ":1",
                "::1:",
                ":1::",
                "1::2::3",
                "1:::2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "g::",
                "::-1",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "::1.2.3.4:5",
                "::01.2.3.4",
                "1.2.3.4::",
                "[::1]",
                "::1%",
                "::1% ",
                "::1%a%b",
                "::1%\0",
                "%eth0",
                "::1 ",
                " ::1",
                "::1\r\n",
                "::١",
                "1111111111111111111111111111111111111111111111111111111111111111111111111111"
            })
    void takesNothingElseForAnAddress(String text) throws UnknownHostException {
        assertThat(IpLiteral.isLiteral(text)).isFalse();
        assertThat(IpLiteral.parse(text)).isNull();
    }

    @Test
    void readsAZoneByNumber() throws UnknownHostException {
        assertThat(((Inet6Address) IpLiteral.parse("fe80::1%7")).getScopeId()).isEqualTo(7);
    }

    @Test
    void readsAZoneByTheNameOfAnInterface() throws Exception {
        NetworkInterface some = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
        var parsed = (Inet6Address) IpLiteral.parse("fe80::1%" + some.getName());
        assertThat(parsed.getScopeId()).isEqualTo(some.getIndex());
    }

    @Test
    void saysWhichZoneIsUnknown() {
        assertThat(IpLiteral.isLiteral("fe80::1%nosuch0")).isTrue();
        assertThatThrownBy(() -> IpLiteral.parse("fe80::1%nosuch0"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("nosuch0");
        assertThatThrownBy(() -> IpLiteral.parse("fe80::1%99999999999"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("99999999999");
    }

    @Test
    void readsWhatTheJdkWrites() throws UnknownHostException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int zeros = random.nextInt(bytes.length); zeros > 0; zeros--) {
                bytes[random.nextInt(bytes.length)] = 0;
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            String text = address.getHostAddress();
            assertThat(IpLiteral.parse(text)).as("%s, seed %d", text, seed).isEqualTo(address);
        }
    }

    @Test
    void takesNoTextThatTheJdkWouldReadOtherwise() throws UnknownHostException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        String letters = "0123456789abcf::::..%";
        int literals = 0;
        for (int i = 0; i < 300_000; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(12); length >= 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            if (text.indexOf("%") < 0 && IpLiteral.isLiteral(text.toString())) {
                literals++;
                InetAddress parsed = IpLiteral.parse(text.toString());
                // a literal by our reading is one to the JDK, so this asks no name server
                assertThat(parsed).as("%s, seed %d", text, seed).isEqualTo(InetAddress.getByName(text.toString()));
                assertThat(parsed instanceof Inet4Address || parsed instanceof Inet6Address)
                        .isTrue();
            }
        }
        assertThat(literals).as("literals by chance, seed %d", seed).isPositive();
    }
}
