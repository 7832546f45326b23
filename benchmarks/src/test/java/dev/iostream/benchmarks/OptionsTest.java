package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void measuresEverythingInFiveRoundsUnlessToldOtherwise() {
        Options options = Options.parse();

        assertThat(options.peers()).containsExactly(Peer.values());
        assertThat(options.workloads()).isEqualTo(Workload.ALL);
        assertThat(options.rounds()).isEqualTo(5);
    }

    @Test
    void takesPeersInTheOrderGiven() {
        assertThat(Options.parse("--peers", "netty,c").peers()).containsExactly(Peer.NETTY, Peer.C);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rounds  | 0    | '--rounds' must be between 1 and 100, was 0",
                "--rounds  | many | '--rounds' must be between 1 and 100, was many",
                "--peers   | nginx| No peer is called 'nginx'",
                "--workloads | P99 | No workload is called 'P99'; there are P1, P3",
                "--cores   | 1    | '--cores' must be two numbers",
                "--round   | 3    | There is no option '--round'",
            },
            quoteCharacter = '"')
    void saysWhatIsWrongWithAnOption(String name, String value, String message) {
        assertThatThrownBy(() -> Options.parse(name, value))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }
}
