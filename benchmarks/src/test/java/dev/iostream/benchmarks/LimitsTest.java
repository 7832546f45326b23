package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LimitsTest {
    @Test
    void eachHeadingIsATargetAndWhatFollowsItsText() {
        Limits limits =
                Limits.parse("# Title\n\nTo writers.\n\n## P2-1000\n\nOne.\n\n### Why\n\nTwo.\n\n## P3\n\nThree.\n");

        assertThat(limits.of("P2-1000")).contains("One.\n\n### Why\n\nTwo.");
        assertThat(limits.of("P3")).contains("Three.");
        assertThat(limits.of("P4")).isEmpty();
    }

    @Test
    void theFileNamesNothingThatIsNoTarget() throws Exception {
        Set<String> targets = new Targets(new Results(List.of()))
                .checks().stream().map(Check::target).collect(Collectors.toSet());

        assertThat(Limits.read().texts()).isNotEmpty();
        assertThat(targets).containsAll(Limits.read().texts().keySet());
    }
}
