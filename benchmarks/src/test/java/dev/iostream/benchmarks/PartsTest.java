package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    private static final List<String> CSV = List.of(
            "\"Benchmark\",\"Mode\",\"Threads\",\"Samples\",\"Score\",\"Score Error (99.9%)\",\"Unit\",\"Param: size\"",
            "\"dev.iostream.stream.SearchBenchmark.find\",\"avgt\",1,5,12.500000,0.250000,\"ns/op\",64",
            "\"dev.iostream.stream.SearchBenchmark.find:gc.alloc.rate\",\"avgt\",1,5,0.001000,NaN,\"MB/sec\",64",
            "\"dev.iostream.stream.SearchBenchmark.find:gc.alloc.rate.norm\",\"avgt\",1,5,48.000000,NaN,\"B/op\",64",
            "\"dev.iostream.loop.TaskBenchmark.add\",\"avgt\",1,5,7.000000,NaN,\"ns/op\",");

    @Test
    void readsScoreAndAllocationOfEachBenchmark() {
        assertThat(Parts.parse(CSV).rows())
                .contains(new Parts.Row("SearchBenchmark.find size=64", 12.5, 0.25, "ns/op", 48));
    }

    @Test
    void takesABenchmarkWithoutParametersAndWithoutAllocation() {
        assertThat(Parts.parse(CSV).rows())
                .extracting(Parts.Row::benchmark)
                .containsExactly("SearchBenchmark.find size=64", "TaskBenchmark.add");
        assertThat(Parts.parse(CSV).markdown()).containsPattern("TaskBenchmark.add +\\| +7\\.00 \\| +– ");
    }
}
