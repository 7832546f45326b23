package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProfilesTest {
    private final Run run = new Run("P1,P5,P7,P8");

    @Test
    void whatMissesItsTargetIsSeenBesideTheSketch() {
        run.saw("P1", "c", Metric.CPU, 90);
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "netty-nio", Metric.CPU, 100);
        run.saw("P1", "iostream", Metric.CPU, 110);

        assertThat(chosen()).containsExactly("P1: sketch, iostream");
    }

    @Test
    void whereThereIsNoSketchItIsSeenBesideWhatItIsComparedWith() {
        run.saw("P5-file", "netty-nio", Metric.THROUGHPUT, 100);
        run.saw("P5-file", "iostream", Metric.THROUGHPUT, 90);
        run.saw("P7-tls", "netty-nio-jdk", Metric.HEAP, 9000);
        run.saw("P7-tls", "netty-nio-conscrypt", Metric.HEAP, 9000);
        run.saw("P7-tls", "iostream-jdk", Metric.HEAP, 9000);

        assertThat(chosen()).containsExactly("P5-file: netty-nio, iostream", "P7-tls: netty-nio-jdk, iostream-jdk");
    }

    @Test
    void theStarterIsSeenBesideCore() {
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "iostream", Metric.CPU, 100);
        run.saw("P1", "starter", Metric.CPU, 200);

        assertThat(chosen()).containsExactly("P1: iostream, starter");
    }

    @Test
    void whatMeetsItsTargetIsLeftAlone() {
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "iostream", Metric.CPU, 100);

        assertThat(chosen()).isEmpty();
    }

    @Test
    void whatCountsBytesByItselfHasNoProfile() {
        run.saw("P8", "sketch", Metric.ALLOCATED, 0);
        run.saw("P8", "iostream", Metric.ALLOCATED, 1000);

        assertThat(chosen()).isEmpty();
    }

    private List<String> chosen() {
        return Profiles.choice(run.results).stream()
                .map(workload -> workload.entries().stream()
                        .map(Entry::id)
                        .collect(Collectors.joining(", ", workload.name() + ": ", "")))
                .toList();
    }
}
