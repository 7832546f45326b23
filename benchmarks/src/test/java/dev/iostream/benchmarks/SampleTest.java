package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SampleTest {
    private static final String LINE =
            "-                            echo c=64 m=64 P=16 per_s=2589732 p50=374.8 p99=757.8"
                    + " p99.9=2113.5 max=10208 srvcpu=98 clicpu=96 foreign=-0.9 cpu_ns_per_req=380 user_ns_per_req=31 err=0";

    @Test
    void readsEveryFigureOfTheLoadGenerator() {
        assertThat(Sample.parse(LINE)).isEqualTo(new Sample(2_589_732, 374.8, 757.8, 2113.5, 98, -0.9, 380, 31));
    }

    @Test
    void refusesARunInWhichAnEchoWentWrong() {
        assertThatThrownBy(() -> Sample.parse(LINE.replace("err=0", "err=3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("errors")
                .hasMessageContaining("err=3");
    }

    @Test
    void namesTheFigureThatIsMissing() {
        assertThatThrownBy(() -> Sample.parse(LINE.replace("p99=757.8", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'p99='");
    }

    @Test
    void refusesAFigureThatIsNoNumber() {
        assertThatThrownBy(() -> Sample.parse(LINE.replace("p99=757.8", "p99=fast")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fast");
    }
}
