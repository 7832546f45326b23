package dev.iostream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReconnectPolicyTest {
    private final ReconnectPolicy policy = ReconnectPolicy.defaults();

    @Test
    void theDelaysDoubleUpToTheLongest() {
        assertThat(IntStream.rangeClosed(1, 9).mapToObj(failures -> policy.delay(failures, 0.5)))
                .extracting(Duration::toMillis)
                .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L, 30_000L);
    }

    @Test
    void afterHoweverManyFailuresItIsTheLongest() {
        assertThat(policy.delay(Integer.MAX_VALUE, 0.5)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void chanceSpreadsEachDelayByTheJitter() {
        assertThat(policy.delay(1, 0)).isEqualTo(Duration.ofMillis(400));
        assertThat(policy.delay(1, 1)).isEqualTo(Duration.ofMillis(600));
        assertThat(policy.jitter(0).delay(1, 0)).isEqualTo(Duration.ofMillis(500));
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            assertThat(policy.delay(3, random.nextDouble()))
                    .as("seed %d", seed)
                    .isBetween(Duration.ofMillis(1_600), Duration.ofMillis(2_400));
        }
    }

    @Test
    void theLongestIsSpreadTooSoThatClientsDoNotMeetThere() {
        assertThat(policy.delay(20, 0)).isEqualTo(Duration.ofSeconds(24));
        assertThat(policy.delay(20, 1)).isEqualTo(Duration.ofSeconds(36));
    }

    @Test
    void eachPartCanBeChanged() {
        ReconnectPolicy changed = policy.delays(Duration.ofMillis(1), Duration.ofMillis(8))
                .multiplier(3)
                .jitter(0)
                .resetAfter(Duration.ofSeconds(1))
                .logInTimeout(Duration.ofSeconds(2))
                .maxAttempts(4);
        assertThat(changed)
                .isEqualTo(new ReconnectPolicy(
                        Duration.ofMillis(1),
                        Duration.ofMillis(8),
                        3,
                        0,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        4));
        assertThat(changed.delay(3, 0.9)).isEqualTo(Duration.ofMillis(8));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        Duration second = Duration.ofSeconds(1);
        assertRefused(() -> policy.delays(Duration.ZERO, second), "initialDelay");
        assertRefused(() -> policy.delays(second, Duration.ofMillis(999)), "maxDelay");
        assertRefused(() -> policy.delays(second, Duration.ofDays(366)), "365 days");
        assertRefused(() -> policy.multiplier(0.9), "multiplier");
        assertRefused(() -> policy.multiplier(Double.NaN), "multiplier");
        assertRefused(() -> policy.multiplier(Double.POSITIVE_INFINITY), "multiplier");
        assertRefused(() -> policy.jitter(1.1), "jitter");
        assertRefused(() -> policy.jitter(Double.NaN), "jitter");
        assertRefused(() -> policy.resetAfter(second.negated()), "resetAfter");
        assertRefused(() -> policy.logInTimeout(second.negated()), "logInTimeout");
        assertRefused(() -> policy.maxAttempts(-1), "maxAttempts");
    }

    private static void assertRefused(Runnable change, String word) {
        assertThatIllegalArgumentException().isThrownBy(change::run).withMessageContaining(word);
    }
}
