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
        assertThat(options.workloads()).isEqualTo(Workloads.ALL);
        assertThat(options.rounds()).isEqualTo(5);
    }

    @Test
    void takesAllWorkloadsOfAKind() {
        assertThat(Options.parse("--workloads", "P2,P8").workloads())
                .extracting(Workload::name)
                .containsExactly("P2-1000", "P2-10000", "P8");
    }

    @Test
    void measuresThePartsUnlessOtherWorkloadsAreNamed() {
        assertThat(Options.parse().parts()).isTrue();
        assertThat(Options.parse("--workloads", "parts").parts()).isTrue();
        assertThat(Options.parse("--workloads", "P1").parts()).isFalse();
    }

    @Test
    void measuresNoOtherPeersThanThoseAskedFor() {
        assertThat(Options.parse("--peers", "sketch,iostream").workloads())
                .flatExtracting(Workload::entries)
                .extracting(Entry::peer)
                .containsOnly(Peer.SKETCH, Peer.IOSTREAM);
    }

    @Test
    void isQuickWhenAsked() {
        Options options = Options.parse("--peers", "c", "--quick", "--seconds", "2");

        assertThat(options.rounds()).isEqualTo(1);
        assertThat(options.warmupSeconds()).isEqualTo(1);
        assertThat(options.seconds()).isEqualTo(2);
    }

    @Test
    void takesPeersInTheOrderGiven() {
        assertThat(Options.parse("--peers", "netty-nio,c").peers()).containsExactly(Peer.NETTY_NIO, Peer.C);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rounds  | 0    | '--rounds' must be between 1 and 100, was 0",
                "--rounds  | many | '--rounds' must be between 1 and 100, was many",
                "--peers   | nginx| No peer is called 'nginx'",
                "--workloads | P99 | No workload is called 'P99'; there are P1, P2-1000",
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
