package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlotsTest {
    private static final String WHITE = "fill=\"#ffffff\"";

    @Test
    void barsThatAreMuchLongerThanOthersAreBroken() {
        assertThat(breaks(100, 150, 190)).isZero();
        assertThat(breaks(100, 150, 5_000)).isEqualTo(1);
    }

    @Test
    void barsOfZeroCanBeDrawn() {
        assertThat(chart(0, 0)).doesNotContain("NaN", "Infinity");
    }

    @Test
    void iostreamHasAColourOfItsOwn() {
        assertThat(new BarChart("t", "u", Double::toString, List.of(bar(1, true))).svg())
                .contains(BarChart.OURS);
        assertThat(chart(1, 2)).doesNotContain(BarChart.OURS);
    }

    @Test
    void anAxisOfLittleRangeHasTicksBetweenThePowersOfTen() {
        var series = new LineChart.Series(
                "one", "#000000", List.of(new LineChart.Point(64, 3_000), new LineChart.Point(1_000, 9_000)));

        assertThat(new LineChart("t", "x", "y", List.of(series)).svg())
                .contains(">5,000<", ">100<")
                .doesNotContain(">50<", ">10,000<");
    }

    /** White pieces besides the ground. */
    private static long breaks(double... values) {
        return chart(values).lines().filter(line -> line.contains(WHITE)).count() - 1;
    }

    private static String chart(double... values) {
        List<BarChart.Bar> bars =
                Arrays.stream(values).mapToObj(value -> bar(value, false)).toList();
        return new BarChart("t", "u", Double::toString, bars).svg();
    }

    private static BarChart.Bar bar(double value, boolean ours) {
        return new BarChart.Bar("bar", new Spread(value, value, value), ours);
    }
}
