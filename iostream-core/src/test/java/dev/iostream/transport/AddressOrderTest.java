package dev.iostream.transport;

import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.INET6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.dns.IpLiteral;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressOrderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|''",
                "1.1.1.1|1.1.1.1",
                "1.1.1.1 2.2.2.2 3.3.3.3|1.1.1.1 2.2.2.2 3.3.3.3",
                "::1 1.1.1.1|::1 1.1.1.1",
                "1.1.1.1 ::1|1.1.1.1 ::1",
                "::1 ::2 ::3 1.1.1.1 2.2.2.2|::1 1.1.1.1 ::2 2.2.2.2 ::3",
                "1.1.1.1 ::1 ::2 ::3|1.1.1.1 ::1 ::2 ::3",
                "1.1.1.1 2.2.2.2 ::1|1.1.1.1 ::1 2.2.2.2",
                "::1 1.1.1.1 ::1 1.1.1.1|::1 1.1.1.1",
                "::ffff:1.1.1.1 1.1.1.1|1.1.1.1",
            })
    void familiesTakeTurnsBeginningWithThePreferredOnes(String given, String expected) throws UnknownHostException {
        assertThat(AddressOrder.of(addresses(given), null)).isEqualTo(addresses(expected));
    }

    @ParameterizedTest
    @CsvSource({"INET, 1.1.1.1 2.2.2.2", "INET6, ::1 ::2"})
    void onlyTheWantedFamilyIsUsed(String family, String expected) throws UnknownHostException {
        ProtocolFamily wanted = family.equals("INET") ? INET : INET6;
        assertThat(AddressOrder.of(addresses("::1 1.1.1.1 ::2 2.2.2.2"), wanted))
                .isEqualTo(addresses(expected));
    }

    private static List<InetAddress> addresses(String text) throws UnknownHostException {
        List<String> each = text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
        InetAddress[] addresses = new InetAddress[each.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = IpLiteral.parse(each.get(i));
        }
        return List.of(addresses);
    }
}
