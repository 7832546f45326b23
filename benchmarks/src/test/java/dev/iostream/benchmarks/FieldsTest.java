package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FieldsTest {
    private static final String LINE =
            "mode=echo connections=64 opened=64 messages=212912 bytes=13626368 sent=25389760 per_s=212904.9"
                    + " bytes_per_s=13625911 p50=288.8 p99=978.9 p999=4685.8 max=6013 server=59.5 generator=60.7"
                    + " foreign=-0.8 cpu_ns=2794.5 user_ns=234.8 cpu_ns_per_kib=44712.54";

    @Test
    void readsEveryFigureOfTheLoadGenerator() {
        Sample sample = Figures.of(Fields.parse(LINE));

        assertThat(sample.figure(Metric.CPU)).isEqualTo(2794.5);
        assertThat(sample.figure(Metric.USER)).isEqualTo(234.8);
        assertThat(sample.figure(Metric.RATE)).isEqualTo(212_904.9);
        assertThat(sample.figure(Metric.P50)).isEqualTo(288.8);
        assertThat(sample.figure(Metric.P99)).isEqualTo(978.9);
        assertThat(sample.figure(Metric.P999)).isEqualTo(4685.8);
        assertThat(sample.figure(Metric.THROUGHPUT)).isEqualTo(13.625911);
        assertThat(sample.figure(Metric.CPU_PER_KIB)).isEqualTo(44_712.54);
        assertThat(sample.figure(Metric.SERVER)).isEqualTo(59.5);
        assertThat(sample.foreign()).isEqualTo(-0.8);
    }

    @Test
    void bulkHasNoFiguresOfMessages() {
        Sample sample = Figures.of(Fields.parse(LINE.replace("messages=212912", "messages=0")));

        assertThat(sample.figures()).containsKey(Metric.THROUGHPUT).doesNotContainKeys(Metric.CPU, Metric.RATE);
    }

    @Test
    void namesTheFigureThatIsMissing() {
        Fields fields = Fields.parse(LINE.replace("p99=978.9", ""));

        assertThatThrownBy(() -> Figures.of(fields))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'p99='");
    }

    @Test
    void refusesAFigureThatIsNoNumber() {
        Fields fields = Fields.parse(LINE.replace("p99=978.9", "p99=fast"));

        assertThatThrownBy(() -> Figures.of(fields))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fast");
    }
}
