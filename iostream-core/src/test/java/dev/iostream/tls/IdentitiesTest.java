package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom certificates name, and which of them are let in. */
class IdentitiesTest {
    private static final Identity TILL = Identity.of(TestCertificates.CA
            .issue("term-7,OU=Tills,O=Bank")
            .dns("Seven.tills.example")
            .dns("seven")
            .uri("spiffe://bank/till/7")
            .email("till@bank.example")
            .create()
            .certificate());

    @Test
    void aCertificateNamesItsSubjectAndItsAlternatives() {
        assertThat(TILL.subject()).isEqualTo("O=Bank,OU=Tills,CN=term-7");
        assertThat(TILL.commonName()).isEqualTo("term-7");
        assertThat(TILL.dnsNames()).containsExactly("Seven.tills.example", "seven");
        assertThat(TILL.uris()).containsExactly("spiffe://bank/till/7");
        assertThat(TILL.emails()).containsExactly("till@bank.example");
    }

    @Test
    void theCommonNameIsFoundWhereverItStandsAndWithoutEscapes() {
        assertThat(commonName("a\\,b\\+c,O=x")).isEqualTo("a,b+c");
        assertThat(commonName("inner,CN=outer")).as("the most specific one").isEqualTo("outer");
        assertThat(commonName("one+OU=x")).isEqualTo("one");
        assertThat(commonName("x,O=CN\\=evil")).as("text that looks like one").isEqualTo("x");
    }

    private static String commonName(String rest) {
        return Identity.of(TestCertificates.selfSigned(rest).create().certificate())
                .commonName();
    }

    @Test
    void aSubjectWithoutCommonNameHasNone() {
        assertThat(new Identity("O=Bank", null, List.of(), List.of(), List.of()).commonName())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CN=term-7",
                "CN=term-*",
                "CN=*",
                "CN=*erm*7",
                "CN=t*-*7",
                "DNS:seven",
                "DNS:SEVEN.Tills.*",
                "DNS:*.tills.example",
                "URI:spiffe://bank/till/*",
                "URI:spiffe://*/till/7",
                "EMAIL:till@bank.example",
                "SUBJECT:O=Bank,OU=Tills,CN=term-7",
                "SUBJECT:O=Bank,OU=Tills,CN=*"
            })
    void isLetIn(String entry) {
        assertThat(Identities.allowing(entry).allow(TILL)).isTrue();
        assertThat(Identities.allowing("CN=nobody", entry).allow(TILL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CN=term-",
                "CN=erm-7",
                "CN=term-7*7",
                "CN=term-7-*7",
                "CN=Term-7",
                "CN=t*x*7",
                "CN=seven",
                "DNS:tills.example",
                "DNS:*.example.org",
                "DNS:seventh",
                "URI:spiffe://bank/till",
                "URI:SPIFFE://bank/till/7",
                "EMAIL:*@example",
                "SUBJECT:CN=term-7",
                "SUBJECT:*Tills"
            })
    void isNotLetIn(String entry) {
        assertThat(Identities.allowing(entry).allow(TILL)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"term-7", "cn=term-7", "CN=", "DNS:", "''", "IP:10.0.0.1"})
    void anEntrySaysWhichNameItIsAbout(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identities.allowing(entry))
                .withMessageContaining("'" + entry + "'")
                .withMessageContaining("CN=name, DNS:name, URI:uri");
    }

    @Test
    void anEmptyListIsAMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> Identities.allowing(List.of()));
    }

    @Test
    void listsWithTheSameEntriesAreEqual() {
        assertThat(Identities.allowing("CN=a", "DNS:b"))
                .isEqualTo(Identities.allowing("CN=a", "DNS:b"))
                .hasSameHashCodeAs(Identities.allowing("CN=a", "DNS:b"))
                .isNotEqualTo(Identities.allowing("CN=a"))
                .hasToString("[CN=a, DNS:b]");
    }
}
