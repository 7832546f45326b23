package dev.iostream.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers from bytes and to bytes, in both versions, whole, in pieces and wrong. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0D0A0D0A000D0A515549540A";
    /** From 192.0.2.1:51234 to 198.51.100.2:443. */
    private static final String ADDRESSES = "C0000201" + "C6336402" + "C822" + "01BB";

    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 51234);
    private static final InetSocketAddress SERVER = new InetSocketAddress("198.51.100.2", 443);

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] ascii(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n").getBytes(ISO_8859_1);
    }

    private static ProxyHeader decode(byte[] bytes) throws ProxyProtocolException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        ProxyHeader header = ProxyHeader.decode(buffer);
        assertThat(buffer.position()).isEqualTo(header == null ? 0 : bytes.length);
        return header;
    }

    // ---- version 1

    static Stream<Object[]> lines() {
        return Stream.of(
                new Object[] {"PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\\r\\n", ProxyHeader.of(CLIENT, SERVER)},
                new Object[] {
                    "PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\\r\\n",
                    ProxyHeader.of(new InetSocketAddress("255.255.255.255", 65535), new InetSocketAddress("0.0.0.0", 0))
                },
                new Object[] {
                    "PROXY TCP6 2001:db8::1 2001:DB8:0:0:0:0:0:2 1 2\\r\\n",
                    ProxyHeader.of(new InetSocketAddress("2001:db8::1", 1), new InetSocketAddress("2001:db8::2", 2))
                },
                new Object[] {
                    "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c633:6402 51234 443\\r\\n", ProxyHeader.of(CLIENT, SERVER)
                },
                new Object[] {"PROXY UNKNOWN\\r\\n", ProxyHeader.ofUnknown()},
                new Object[] {"PROXY UNKNOWN anything TCP4 \t\0 it is ignored\\r\\n", ProxyHeader.ofUnknown()},
                new Object[] {
                    "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                            + " 65535 65535\\r\\n",
                    ProxyHeader.ofUnknown()
                });
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aLineOfTextIsAHeader(String line, ProxyHeader header) throws ProxyProtocolException {
        assertThat(decode(ascii(line))).isEqualTo(header);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aLineThatIsNotAllThereIsWaitedForWhereverItIsSplit(String line, ProxyHeader header)
            throws ProxyProtocolException {
        byte[] bytes = ascii(line);
        assertComplete(bytes);
        assertThat(decode(bytes)).isEqualTo(header);
    }

    private static void assertComplete(byte[] bytes) throws ProxyProtocolException {
        for (int count = 0; count < bytes.length; count++) {
            assertThat(decode(Arrays.copyOf(bytes, count)))
                    .as("the first %d bytes of %d", count, bytes.length)
                    .isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "PROXY TCP4  192.0.2.1 198.51.100.2 1 2\\r\\n;6 parts",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1\\r\\n;6 parts",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \\r\\n;6 parts",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\\r\\n;6 parts",
                "PROXY TCP4\\r\\n;6 parts",
                "PROXY  TCP4 192.0.2.1 198.51.100.2 1 2\\r\\n;TCP4, TCP6 and UNKNOWN",
                "PROXY\tTCP4 192.0.2.1 198.51.100.2 1 2\\r\\n;begin like one",
                "PROXY \\r\\n;TCP4, TCP6 and UNKNOWN",
                "PROXY tcp4 192.0.2.1 198.51.100.2 1 2\\r\\n;TCP4, TCP6 and UNKNOWN",
                "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\\r\\n;TCP4, TCP6 and UNKNOWN",
                "PROXY UNKNOWNS\\r\\n;TCP4, TCP6 and UNKNOWN",
                "PROXY TCP4 192.0.2.01 198.51.100.2 1 2\\r\\n;not one of IPv4",
                "PROXY TCP4 192.0.2 198.51.100.2 1 2\\r\\n;not one of IPv4",
                "PROXY TCP4 192.0.2.256 198.51.100.2 1 2\\r\\n;not one of IPv4",
                "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\\r\\n;not one of IPv4",
                "PROXY TCP4 localhost localhost 1 2\\r\\n;not one of IPv4",
                "PROXY TCP6 192.0.2.1 198.51.100.2 1 2\\r\\n;not one of IPv6",
                "PROXY TCP6 2001:db8::1::2 2001:db8::2 1 2\\r\\n;not one of IPv6",
                "PROXY TCP6 fe80::1%1 fe80::2 1 2\\r\\n;not one of IPv6",
                "PROXY TCP4 192.0.2.1 198.51.100.2 01 2\\r\\n;a port",
                "PROXY TCP4 192.0.2.1 198.51.100.2 65536 2\\r\\n;a port",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 99999999999\\r\\n;a port",
                "PROXY TCP4 192.0.2.1 198.51.100.2 -1 2\\r\\n;a port",
                "PROXY TCP4 192.0.2.1 198.51.100.2 +1 2\\r\\n;a port",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1x 2\\r\\n;a port",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\\n;carriage return",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\\rX;carriage return",
                "PROXY TCP4 192.0.2.1\\n198.51.100.2 1 2\\r\\n;carriage return",
                "PROXY UNKNOWN\\r \\r\\n;carriage return",
                "proxy TCP4 192.0.2.1 198.51.100.2 1 2\\r\\n;begin like one",
                "GET / HTTP/1.1\\r\\n\\r\\n;begin like one",
                "PUT / HTTP/1.1\\r\\n\\r\\n;begin like one",
                "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n;begin like one",
                "EHLO example.org\\r\\n;begin like one",
                "\\r\\n;begin like one",
                "\0;begin like one",
            })
    void anotherLineIsRefusedAndTheMessageSaysWhy(String line, String why) {
        // a line break at once is the beginning of the other version, until there is more
        byte[] bytes = ascii(line.equals("\\r\\n") ? "\r\n\r\n\r\n" : line);
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(ProxyProtocolException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aLineHas107BytesAtMost() throws ProxyProtocolException {
        String longest = "PROXY UNKNOWN " + "x".repeat(91) + "\r\n";
        assertThat(longest).hasSize(107);
        assertThat(decode(ascii(longest))).isEqualTo(ProxyHeader.ofUnknown());
        assertThatThrownBy(() -> decode(ascii("PROXY UNKNOWN " + "x".repeat(92) + "\r\n")))
                .hasMessageContaining("longer than 107 bytes");
        assertThat(decode(ascii("PROXY UNKNOWN " + "x".repeat(92))))
                .as("106 bytes")
                .isNull();
        assertThatThrownBy(() -> decode(ascii("PROXY UNKNOWN " + "x".repeat(93))))
                .as("107 bytes without an end")
                .hasMessageContaining("longer than 107 bytes");
    }

    // ---- version 2

    static Stream<Object[]> binaries() {
        String ipv6 = "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" + "0001" + "0002";
        String mapped = "00000000000000000000FFFFC0000201" + "00000000000000000000FFFFC6336402" + "C822" + "01BB";
        String paths = path("/run/client") + path("/run/server");
        return Stream.of(
                new Object[] {"2111000C" + ADDRESSES, ProxyHeader.of(CLIENT, SERVER)},
                new Object[] {
                    "21210024" + ipv6,
                    ProxyHeader.of(new InetSocketAddress("2001:db8::1", 1), new InetSocketAddress("2001:db8::2", 2))
                },
                new Object[] {"21210024" + mapped, ProxyHeader.of(CLIENT, SERVER)},
                new Object[] {
                    "213100D8" + paths,
                    ProxyHeader.of(UnixDomainSocketAddress.of("/run/client"), UnixDomainSocketAddress.of("/run/server"))
                },
                new Object[] {
                    "213100D8" + "00".repeat(108) + "0061".repeat(54),
                    ProxyHeader.of(UnixDomainSocketAddress.of(""), UnixDomainSocketAddress.of(""))
                },
                new Object[] {"20000000", ProxyHeader.ofLocal()},
                new Object[] {"2011000C" + ADDRESSES, ProxyHeader.ofLocal()},
                new Object[] {"20FF0003" + "FFFFFF", ProxyHeader.ofLocal()},
                new Object[] {"21000000", ProxyHeader.ofUnknown()},
                new Object[] {"21000005" + "FFFFFFFFFF", ProxyHeader.ofUnknown()},
                new Object[] {
                    "21000008" + "02000568656C6C6F", ProxyHeader.ofUnknown().with(ProxyTlv.of(2, "hello"))
                },
                new Object[] {"2112000C" + ADDRESSES, ProxyHeader.ofUnknown()},
                new Object[] {"21220024" + ipv6, ProxyHeader.ofUnknown()},
                new Object[] {"213200D8" + paths, ProxyHeader.ofUnknown()},
                new Object[] {
                    "21120012" + ADDRESSES + "E00003616263",
                    ProxyHeader.ofUnknown().with(ProxyTlv.of(0xE0, "abc"))
                },
                new Object[] {
                    "21110012" + ADDRESSES + "040000" + "040000",
                    ProxyHeader.of(CLIENT, SERVER)
                            .with(ProxyTlv.of(ProxyTlv.NOOP, ""))
                            .with(ProxyTlv.of(ProxyTlv.NOOP, ""))
                });
    }

    private static String path(String path) {
        byte[] bytes = Arrays.copyOf(path.getBytes(UTF_8), 108);
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void aBinaryHeaderIsWaitedForWhereverItIsSplit(String rest, ProxyHeader header) throws ProxyProtocolException {
        byte[] bytes = hex(SIGNATURE + rest);
        assertComplete(bytes);
        assertThat(decode(bytes)).isEqualTo(header);
    }

    @ParameterizedTest
    @CsvSource({
        "01, its version is not 2",
        "11, its version is not 2",
        "31, its version is not 2",
        "22, its command is none",
        "2F, its command is none",
        "2101, family or transport protocol is none",
        "2110, family or transport protocol is none",
        "2113, family or transport protocol is none",
        "2133, family or transport protocol is none",
        "2141, family or transport protocol is none",
        "21F1, family or transport protocol is none",
        "21FF, family or transport protocol is none",
        "2111000B, too short for its addresses",
        "21110000, too short for its addresses",
        "21210023, too short for its addresses",
        "213100D7, too short for its addresses",
        "2112000B, too short for its addresses",
        "21110209, more than 536",
        "2111FFFF, more than 536",
        "20000209, more than 536",
        "2100FFFF, more than 536",
    })
    void anotherBinaryHeaderIsRefusedWithItsFirstWrongByte(String rest, String why) throws ProxyProtocolException {
        byte[] bytes = hex(SIGNATURE + rest);
        assertComplete(Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOfSatisfying(ProxyProtocolException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(CloseReason.PROXY_PROTOCOL);
                    assertThat(refusal.errno()).isEqualTo(Errno.EIO);
                })
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "0100, cut short",
        "010001, longer than the header",
        "010005AABBCCDD, longer than the header",
        "01FFFF, longer than the header",
        "04000004, cut short",
        "030003AABBCC, not of 4 bytes",
        "03000400000000, checksum is wrong",
        "20000401000000, TLS is cut short",
        "2000080100000000210001, longer than the header",
        "200006010000000021, cut short",
    })
    void wrongTlvsAreRefused(String tlvs, String why) {
        byte[] block = hex(ADDRESSES + tlvs);
        byte[] bytes = hex(SIGNATURE + "2111" + String.format("%04X", block.length) + ADDRESSES + tlvs);
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(ProxyProtocolException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anIdentifierHas128BytesAtMost() throws ProxyProtocolException {
        ProxyHeader fits = ProxyHeader.of(CLIENT, SERVER).with(ProxyTlv.of(ProxyTlv.UNIQUE_ID, new byte[128]));
        assertThat(decode(fits.encodeV2()).uniqueId()).hasSize(128);
        ProxyHeader longer = ProxyHeader.of(CLIENT, SERVER).with(ProxyTlv.of(ProxyTlv.UNIQUE_ID, new byte[129]));
        assertThatThrownBy(() -> decode(longer.encodeV2())).hasMessageContaining("more than 128 bytes");
    }

    @Test
    void aFloodOfTlvsIsOneHeaderOf536BytesAtMost() throws ProxyProtocolException {
        ProxyHeader header = ProxyHeader.of(CLIENT, SERVER);
        for (int i = 0; i < (536 - 28) / 3; i++) {
            header = header.with(ProxyTlv.of(0xE0 + i % 16, ""));
        }
        assertThat(decode(header.encodeV2())).isEqualTo(header);
        ProxyHeader flood = header.with(ProxyTlv.of(0xE0, ""));
        assertThatIllegalStateException().isThrownBy(flood::encodeV2).withMessageContaining("536 bytes at most");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2F746D700D0A2F78", "1B5B33316D", "7F", "C285"})
    void aPathWithControlCharactersIsRefusedSinceItWouldGetIntoLogs(String path) {
        String padded = path + "00".repeat(108 - path.length() / 2);
        byte[] bytes = hex(SIGNATURE + "213100D8" + padded + "00".repeat(108));
        assertThatThrownBy(() -> decode(bytes)).hasMessageContaining("control characters");
    }

    @Test
    void aPathThatIsNotTextIsRefused() {
        byte[] bytes = hex(SIGNATURE + "213100D8" + "FF" + "00".repeat(215));
        assertThatThrownBy(() -> decode(bytes)).hasMessageContaining("not text");
    }

    @Test
    void whatComesBehindTheHeaderIsLeftAlone() throws ProxyProtocolException {
        for (byte[] header : new byte[][] {ProxyHeader.of(CLIENT, SERVER).encodeV1(), hex(SIGNATURE + "20000000")}) {
            ByteBuffer buffer =
                    ByteBuffer.allocate(header.length + 7).put((byte) 'x').put(header);
            buffer.put("behind".getBytes(UTF_8)).flip().position(1);
            assertThat(ProxyHeader.decode(buffer)).isNotNull();
            assertThat(UTF_8.decode(buffer).toString()).isEqualTo("behind");
        }
    }

    // ---- what is something else

    @Test
    void tlsIsRefusedWithItsFirstByte() {
        assertThatThrownBy(() -> decode(hex("16"))).hasMessageContaining("begins like TLS");
    }

    @Test
    void theBytesOfAPeerAreNotInAMessage() {
        assertThatThrownBy(() -> decode(ascii("PROXY TCP4 secret secret 1 2\r\n")))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("secret"));
        ProxyHeader header = ProxyHeader.of(CLIENT, SERVER).with(ProxyTlv.of(ProxyTlv.AUTHORITY, "a\r\nb"));
        assertThat(header.toString()).doesNotContain("\r").contains("TLV 0x02 of 4 bytes");
    }

    /** Never anything but a header, a wait for more, or the one exception. */
    @Test
    void randomBytesDoNoHarm() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] template = ProxyHeader.of(CLIENT, SERVER)
                .with(ProxyTlv.checksum())
                .with(ProxyTlv.of(ProxyTlv.SSL, hex("0100000000210007544C5376312E33")))
                .encodeV2();
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = random.nextBoolean() ? mutated(template, random) : random(random);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            try {
                ProxyHeader header = ProxyHeader.decode(buffer);
                assertThat(buffer.position())
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(header == null ? 0 : ProxyHeader.LONGEST);
            } catch (ProxyProtocolException expected) {
                assertThat(expected.getMessage()).as("seed %d", seed).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(bytes), e);
            }
        }
    }

    private static byte[] mutated(byte[] template, Random random) {
        byte[] bytes = Arrays.copyOf(template, random.nextInt(template.length + 20));
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 12; i--) {
            bytes[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static byte[] random(Random random) {
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        byte[] beginning = random.nextInt(3) == 0 ? hex(SIGNATURE) : ascii("PROXY TCP4 ");
        System.arraycopy(beginning, 0, bytes, 0, Math.min(beginning.length, bytes.length));
        return bytes;
    }

    // ---- what it says

    @Test
    void itTellsWhatLoadBalancersTell() throws ProxyProtocolException {
        var ssl = new ProxySsl(true, true, true, "TLSv1.3", "client é", "TLS_AES_128_GCM_SHA256", "SHA256", "RSA2048");
        ProxyHeader told = ProxyHeader.of(CLIENT, SERVER)
                .with(ProxyTlv.of(ProxyTlv.ALPN, "h2"))
                .with(ProxyTlv.of(ProxyTlv.AUTHORITY, "www.example.org"))
                .with(ProxyTlv.of(ProxyTlv.UNIQUE_ID, new byte[] {1, 2, 3}))
                .with(ProxyTlv.of(ProxyTlv.NETNS, "blue"))
                .with(ProxyTlv.of(ProxyTlv.AWS, "\u0001vpce-08d2bf15fac5001c9"))
                .with(ssl.tlv())
                .with(ProxyTlv.checksum());

        ProxyHeader header = decode(told.encodeV2());

        assertThat(header).isEqualTo(told);
        assertThat(header.applicationProtocol()).isEqualTo("h2");
        assertThat(header.authority()).isEqualTo("www.example.org");
        assertThat(header.uniqueId()).containsExactly(1, 2, 3);
        assertThat(header.networkNamespace()).isEqualTo("blue");
        assertThat(header.awsVpcEndpoint()).isEqualTo("vpce-08d2bf15fac5001c9");
        assertThat(header.ssl()).isEqualTo(ssl);
        assertThat(header.tlv(0xEB)).isNull();
    }

    @Test
    void whatItDoesNotTellIsNull() throws ProxyProtocolException {
        ProxyHeader header = decode(hex(SIGNATURE + "2111000C" + ADDRESSES));
        assertThat(header.applicationProtocol()).isNull();
        assertThat(header.authority()).isNull();
        assertThat(header.uniqueId()).isNull();
        assertThat(header.networkNamespace()).isNull();
        assertThat(header.awsVpcEndpoint()).isNull();
        assertThat(header.ssl()).isNull();
        assertThat(header.with(ProxyTlv.of(ProxyTlv.AWS, "\u0002other")).awsVpcEndpoint())
                .as("another subtype")
                .isNull();
        assertThat(header.with(ProxyTlv.of(ProxyTlv.AWS, "")).awsVpcEndpoint()).isNull();
        assertThat(header.with(ProxyTlv.of(ProxyTlv.SSL, "")).ssl()).isNull();
    }

    /** Section 2.2.6: of a client without a certificate, nothing was found wrong with one. */
    @ParameterizedTest
    @CsvSource({
        "00, 00000000, false, false, false",
        "01, 00000000, true, false, false",
        "03, 00000000, true, true, true",
        "05, 00000000, true, true, true",
        "07, 00000000, true, true, true",
        "07, 00000001, true, true, false",
        "07, 80000000, true, true, false",
    })
    void aClientIsVerifiedOnlyByACertificate(
            String client, String verify, boolean tls, boolean certificate, boolean verified) {
        ProxySsl ssl = ProxyHeader.ofUnknown()
                .with(ProxyTlv.of(ProxyTlv.SSL, hex(client + verify)))
                .ssl();
        assertThat(ssl).isEqualTo(new ProxySsl(tls, certificate, verified, null, null, null, null, null));
    }

    @Test
    void theChecksumIsCheckedOverTheWholeHeader() throws ProxyProtocolException {
        byte[] whole = ProxyHeader.of(CLIENT, SERVER).with(ProxyTlv.checksum()).encodeV2();
        assertThat(ByteBuffer.wrap(whole).getInt(whole.length - 4)).isEqualTo(crc32c(whole));
        assertThat(decode(whole)).isNotNull();
        // its addresses, and the sum itself behind its type and length
        for (int i = 16; i < whole.length; i++) {
            if (i < 28 || i >= 31) {
                byte[] wrong = whole.clone();
                wrong[i] ^= 1;
                assertThatThrownBy(() -> decode(wrong)).as("byte %d", i).hasMessageContaining("checksum is wrong");
            }
        }
    }

    @Test
    void aChecksumIsCheckedWhereAddressesAreUnknownToo() {
        byte[] wrong = ProxyHeader.ofUnknown().with(ProxyTlv.checksum()).encodeV2();
        wrong[wrong.length - 1] ^= 1;
        assertThatThrownBy(() -> decode(wrong)).hasMessageContaining("checksum is wrong");
    }

    /** Bit by bit, with the sum's own four bytes as 0. */
    private static int crc32c(byte[] whole) {
        int crc = -1;
        for (int i = 0; i < whole.length; i++) {
            crc ^= i < whole.length - 4 ? whole[i] & 0xFF : 0;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ 0x82F63B78;
            }
        }
        return ~crc;
    }

    // ---- to bytes

    @Test
    void aHeaderIsEncodedAsTheSpecificationSays() {
        ProxyHeader header = ProxyHeader.of(CLIENT, SERVER);
        assertThat(header.encodeV2()).isEqualTo(hex(SIGNATURE + "2111000C" + ADDRESSES));
        assertThat(new String(header.encodeV1(), ISO_8859_1))
                .isEqualTo("PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\n");
        assertThat(ProxyHeader.ofLocal().encodeV2()).isEqualTo(hex(SIGNATURE + "20000000"));
        assertThat(ProxyHeader.ofUnknown().encodeV2()).isEqualTo(hex(SIGNATURE + "21000000"));
    }

    @Test
    void whatVersion1CannotTellIsUnknown() {
        ProxyHeader paths = ProxyHeader.of(UnixDomainSocketAddress.of("/a"), UnixDomainSocketAddress.of("/b"));
        for (ProxyHeader header : new ProxyHeader[] {paths, ProxyHeader.ofLocal(), ProxyHeader.ofUnknown()}) {
            assertThat(new String(header.encodeV1(), ISO_8859_1)).isEqualTo("PROXY UNKNOWN\r\n");
        }
    }

    @Test
    void addressesOfBothFamiliesAreToldAsIpv6() throws Exception {
        var ipv6 = new InetSocketAddress("2001:db8::1", 7);
        ProxyHeader header = ProxyHeader.of(CLIENT, ipv6);
        assertThat(decode(header.encodeV2())).isEqualTo(header);
        assertThat(decode(header.encodeV1())).isEqualTo(header);
        InetAddress zoned = Inet6Address.getByAddress(null, ipv6.getAddress().getAddress(), 3);
        assertThat(decode(ProxyHeader.of(new InetSocketAddress(zoned, 7), ipv6).encodeV1()))
                .isEqualTo(ProxyHeader.of(ipv6, ipv6));
    }

    @Test
    void aHeaderThatCannotBeToldIsRefused() {
        SocketAddress unresolved = InetSocketAddress.createUnresolved("example.org", 80);
        SocketAddress path = UnixDomainSocketAddress.of("/a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyHeader.of(unresolved, SERVER))
                .withMessageContaining("example.org");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyHeader.of(CLIENT, path))
                .withMessageContaining("of one kind");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyHeader.ofLocal().with(ProxyTlv.of(1, "x")))
                .withMessageContaining("for itself");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyHeader.ofUnknown().with(ProxyTlv.of(ProxyTlv.CRC32C, new byte[] {1, 2, 3, 4})))
                .withMessageContaining("ProxyTlv.checksum()");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> ProxyHeader.ofUnknown().with(ProxyTlv.checksum()).with(ProxyTlv.checksum()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyTlv.of(256, "x"))
                .withMessageContaining("256");
        assertThatIllegalArgumentException().isThrownBy(() -> ProxyTlv.of(1, new byte[65_536]));
    }

    /** Random headers, in a random version, with bytes behind them, in random pieces. */
    @Test
    void whatIsEncodedIsDecodedHoweverItIsSplit() throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            ProxyHeader header = header(random);
            boolean v1 = random.nextInt(4) == 0;
            byte[] bytes = v1 ? header.encodeV1() : header.encodeV2();
            ProxyHeader expected = v1 ? asVersion1(header) : header;
            byte[] all = Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
            ByteBuffer arrived = ByteBuffer.wrap(all).limit(0);
            ProxyHeader decoded = null;
            while (decoded == null) {
                assertThat(arrived.limit())
                        .as("seed %d, header %s", seed, header)
                        .isLessThan(all.length);
                arrived.limit(Math.min(all.length, arrived.limit() + 1 + random.nextInt(40)));
                decoded = ProxyHeader.decode(arrived);
            }
            assertThat(decoded).as("seed %d", seed).isEqualTo(expected).hasSameHashCodeAs(expected);
            assertThat(arrived.position()).as("seed %d", seed).isEqualTo(bytes.length);
        }
    }

    private static ProxyHeader asVersion1(ProxyHeader header) {
        return header.source() instanceof InetSocketAddress
                ? new ProxyHeader(false, header.source(), header.destination(), List.of())
                : ProxyHeader.ofUnknown();
    }

    private static ProxyHeader header(Random random) throws Exception {
        ProxyHeader header = switch (random.nextInt(6)) {
            case 0 -> ProxyHeader.ofUnknown();
            case 1 ->
                ProxyHeader.of(UnixDomainSocketAddress.of("/run/" + random.nextInt()), UnixDomainSocketAddress.of(""));
            default -> ProxyHeader.of(internet(random), internet(random));
        };
        if (random.nextInt(8) == 0) {
            return ProxyHeader.ofLocal();
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            byte[] value = new byte[random.nextInt(50)];
            random.nextBytes(value);
            header = header.with(ProxyTlv.of(0xE0 + random.nextInt(32), value));
        }
        return random.nextBoolean() ? header.with(ProxyTlv.checksum()) : header;
    }

    private static InetSocketAddress internet(Random random) throws Exception {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), random.nextInt(65_536));
    }
}
