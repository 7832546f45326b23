package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineTest {
    @TempDir
    private Path directory;

    @Test
    void isEmptyForAnUnknownJdk() throws Exception {
        assertThat(Baseline.of(directory, 99).isEmpty()).isTrue();
    }

    @Test
    void acceptsTwoPercentEitherWay() throws Exception {
        Baseline baseline = written(Map.of("echo.bytes", 200.0));

        assertThat(baseline.differences(Map.of("echo.bytes", 204.0))).isEmpty();
        assertThat(baseline.differences(Map.of("echo.bytes", 196.0))).isEmpty();
    }

    @Test
    void saysWhatIsMoreAndWhatIsLess() throws Exception {
        Baseline baseline = written(Map.of("echo.bytes", 200.0, "views.turns", 1.0));

        assertThat(baseline.differences(Map.of("echo.bytes", 205.0)))
                .containsExactly("echo.bytes was 205.000, more than the baseline's 200.000");
        assertThat(baseline.differences(Map.of("views.turns", 0.9)))
                .containsExactly("views.turns was 0.900, less than the baseline's 1.000");
    }

    @Test
    void allowsForWhatAServerDoesBesidesNothing() throws Exception {
        Baseline baseline = written(Map.of("echo.bytes", 0.0, "echo.calls.epoll_ctl", 0.0));

        assertThat(baseline.differences(Map.of("echo.bytes", 0.9, "echo.calls.epoll_ctl", 0.01)))
                .isEmpty();
        assertThat(baseline.differences(Map.of("echo.calls.epoll_ctl", 0.1))).hasSize(1);
    }

    @Test
    void aCountThatItDoesNotHaveIsADifference() throws Exception {
        assertThat(written(Map.of("echo.bytes", 1.0)).differences(Map.of("echo.bytes", 1.0, "echo.turns", 1.0)))
                .containsExactly("echo.turns was 1.000, and the baseline does not have it");
    }

    @Test
    void aCountThatIsGoneIsADifferenceWhereItsLikeWereCounted() throws Exception {
        Baseline baseline = written(Map.of("echo.calls.read", 1.0, "echo.calls.write", 1.0, "views.calls.read", 1.0));

        assertThat(baseline.differences(Map.of("echo.calls.read", 1.0)))
                .containsExactly("echo.calls.write was 0, less than the baseline's 1.0");
        assertThat(baseline.differences(Map.of("echo.bytes", 5.0))).hasSize(1);
    }

    @Test
    void keepsTheOtherCountsWhenSomeAreWritten() throws Exception {
        written(Map.of("echo.turns", 1.0, "views.turns", 2.0)).write(Map.of("views.turns", 3.0));

        assertThat(Baseline.of(directory, 17).counts()).isEqualTo(Map.of("echo.turns", 1.0, "views.turns", 3.0));
    }

    private Baseline written(Map<String, Double> counts) throws Exception {
        Baseline.of(directory, 17).write(counts);
        return Baseline.of(directory, 17);
    }
}
