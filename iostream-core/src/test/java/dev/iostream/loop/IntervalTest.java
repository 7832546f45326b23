package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class IntervalTest {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ManualPoller poller = new ManualPoller();
    private final List<Long> times = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    private long seconds(IOLoop loop) {
        return Duration.ofNanos(loop.clock()).toSeconds();
    }

    @Test
    void runsStayOnTheGridAndSkipWhatAnOverrunHasMissed() {
        poller.startAt(Duration.ofSeconds(1000).toNanos());
        IOLoop loop = poller.loop();
        var durations = new ArrayDeque<>(List.of(9, 9, 10, 11, 20, 20, 35, 35, 0, 0, 0));
        var interval = new Interval[1];
        interval[0] = loop.setInterval(PERIOD, () -> {
            times.add(seconds(loop));
            poller.pass(Duration.ofSeconds(durations.removeFirst()));
            if (durations.isEmpty()) {
                loop.clearInterval(interval[0]);
            }
        });
        loop.start();
        assertThat(times).containsExactly(1010L, 1020L, 1030L, 1050L, 1070L, 1100L, 1130L, 1170L, 1210L, 1220L, 1230L);
    }

    @Test
    void theGridHoldsWhereTheClockOverflows() {
        long start = Long.MAX_VALUE - Duration.ofSeconds(25).toNanos();
        poller.startAt(start);
        IOLoop loop = poller.loop();
        var interval = new Interval[1];
        interval[0] = loop.setInterval(PERIOD, () -> {
            times.add(Duration.ofNanos(loop.clock() - start).toSeconds());
            poller.pass(Duration.ofSeconds(12));
            if (times.size() == 4) {
                loop.clearInterval(interval[0]);
            }
        });
        loop.start();
        assertThat(times).containsExactly(10L, 30L, 50L, 70L);
    }

    @Test
    void aPauseOfTheLoopIsNotMadeUpFor() {
        IOLoop loop = poller.loop();
        loop.setInterval(PERIOD, () -> {
            times.add(seconds(loop));
            loop.stop();
        });
        loop.start();
        poller.pass(Duration.ofSeconds(95));
        loop.start();
        loop.start();
        assertThat(times).containsExactly(10L, 105L, 110L);
    }

    @Test
    void anIntervalThatThrowsIsReportedAndRunsAgain() {
        IOLoop loop = poller.loop();
        loop.setExceptionHandler(reported::add);
        var failure = new IllegalStateException("on purpose");
        loop.setInterval(PERIOD, () -> {
            times.add(seconds(loop));
            if (times.size() == 3) {
                loop.stop();
            }
            throw failure;
        });
        loop.start();
        assertThat(times).containsExactly(10L, 20L, 30L);
        assertThat(reported).containsExactly(failure, failure, failure);
    }

    @Test
    void clearingTellsWhetherItWasSet() {
        IOLoop loop = poller.loop();
        Interval interval = loop.setInterval(PERIOD, () -> times.add(0L));
        assertThat(interval.isSet()).isTrue();
        assertThat(new ManualPoller().loop().clearInterval(interval))
                .as("by another loop")
                .isFalse();
        assertThat(loop.clearInterval(interval)).isTrue();
        assertThat(loop.clearInterval(interval)).isFalse();
        assertThat(interval.isSet()).isFalse();
        assertThat(loop.stats().timers()).isZero();
        loop.start();
        assertThat(times).isEmpty();
    }

    @Test
    void anIntervalClearedInItsOwnCallbackRunsNoMoreAndCanBeReplacedThere() {
        IOLoop loop = poller.loop();
        var interval = new Interval[1];
        interval[0] = loop.setInterval(PERIOD, () -> {
            times.add(seconds(loop));
            assertThat(loop.clearInterval(interval[0])).isTrue();
            assertThat(loop.clearInterval(interval[0])).isFalse();
            interval[0] = loop.setInterval(Duration.ofSeconds(7), () -> {
                times.add(seconds(loop));
                loop.clearInterval(interval[0]);
            });
        });
        loop.start();
        assertThat(times).containsExactly(10L, 17L);
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void anIntervalClearedByATimerThatIsDueBeforeItDoesNotRun() {
        IOLoop loop = poller.loop();
        var interval = new Interval[1];
        loop.addTimeout(PERIOD, () -> loop.clearInterval(interval[0]));
        interval[0] = loop.setInterval(PERIOD, () -> times.add(seconds(loop)));
        loop.start();
        assertThat(times).isEmpty();
    }

    @Test
    void theArgumentIsPassedEvenWhenItIsNull() {
        IOLoop loop = poller.loop();
        List<Object> args = new ArrayList<>();
        loop.setInterval(PERIOD, args::add, "arg");
        loop.setInterval(
                PERIOD,
                arg -> {
                    args.add(arg);
                    loop.stop();
                },
                null);
        loop.start();
        assertThat(args).containsExactly("arg", null);
    }

    @Test
    void periodsThatAreNotPositiveAreRefused() {
        IOLoop loop = poller.loop();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.setInterval(Duration.ZERO, () -> {}))
                .withMessageContaining("must be positive, was PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> loop.setInterval(Duration.ofMillis(-1), () -> {}));
        assertThatNullPointerException().isThrownBy(() -> loop.setInterval(PERIOD, null));
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void aPeriodLongerThanTheClockIsCutAndHarmless() {
        IOLoop loop = poller.loop();
        Interval interval = loop.setInterval(Duration.ofSeconds(Long.MAX_VALUE), () -> times.add(0L));
        loop.runSync(Duration.ofDays(10_000), () -> loop.addTimeout(Duration.ofDays(9_999), loop::stop));
        assertThat(times).isEmpty();
        assertThat(loop.clearInterval(interval)).isTrue();
    }

    @Test
    void aClosedLoopRefusesTimersAndForgetsThoseItHas() {
        IOLoop loop = poller.loop();
        loop.setInterval(PERIOD, () -> times.add(0L));
        loop.close();
        assertThat(loop.stats().timers()).isZero();
        assertThatThrownBy(() -> loop.setInterval(PERIOD, () -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.addTimeout(PERIOD, () -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.addTimeoutAt(0, () -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
