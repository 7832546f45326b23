package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
    private static final Runnable NOTHING = () -> {};

    private final TimerQueue timers = new TimerQueue();

    private List<Timeout> pollAllDue(long now) {
        List<Timeout> due = new ArrayList<>();
        for (Timeout next = timers.pollDue(now, timers.sequence());
                next != null;
                next = timers.pollDue(now, timers.sequence())) {
            due.add(next);
        }
        return due;
    }

    @Test
    void theEarliestDeadlineComesFirst() {
        Timeout third = timers.add(30, NOTHING);
        Timeout first = timers.add(10, NOTHING);
        Timeout second = timers.add(20, NOTHING);
        assertThat(timers.first()).isSameAs(first);
        assertThat(pollAllDue(30)).containsExactly(first, second, third);
        assertThat(timers.first()).isNull();
    }

    @Test
    void equalDeadlinesKeepTheOrderInWhichTheyWereAdded() {
        List<Timeout> added = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            added.add(timers.add(5, NOTHING));
        }
        assertThat(pollAllDue(5)).containsExactlyElementsOf(added);
    }

    @Test
    void nothingIsDueBeforeItsDeadline() {
        Timeout timeout = timers.add(10, NOTHING);
        assertThat(timers.pollDue(9, timers.sequence())).isNull();
        assertThat(timers.pollDue(10, timers.sequence())).isSameAs(timeout);
    }

    @Test
    void aDeadlineInThePastIsDue() {
        Timeout timeout = timers.add(-1_000_000, NOTHING);
        assertThat(timers.pollDue(0, timers.sequence())).isSameAs(timeout);
    }

    @Test
    void whatWasAddedSinceTheEndWasTakenWaits() {
        long end = timers.sequence();
        Timeout late = timers.add(0, NOTHING);
        assertThat(timers.pollDue(0, end)).isNull();
        assertThat(timers.pollDue(0, timers.sequence())).isSameAs(late);
    }

    @Test
    void anyOfThemCanBeRemoved() {
        int count = 33;
        for (int removed = 0; removed < count; removed++) {
            List<Timeout> added = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                added.add(timers.add((i * 17L) % count, NOTHING));
            }
            assertThat(timers.remove(added.remove(removed))).isTrue();
            added.sort(Comparator.comparingLong(timeout -> timeout.deadline));
            assertThat(pollAllDue(count)).as("without number %d", removed).containsExactlyElementsOf(added);
        }
    }

    @Test
    void whatHasRunOrWasRemovedCannotBeRemovedAgain() {
        Timeout run = timers.add(1, NOTHING);
        Timeout removed = timers.add(2, NOTHING);
        Timeout stays = timers.add(3, NOTHING);
        assertThat(timers.pollDue(1, timers.sequence())).isSameAs(run);
        assertThat(timers.remove(run)).isFalse();
        assertThat(timers.remove(removed)).isTrue();
        assertThat(timers.remove(removed)).isFalse();
        assertThat(timers.size()).isEqualTo(1);
        assertThat(timers.first()).isSameAs(stays);
    }

    @Test
    void aTimeoutOfAnotherQueueOrFromBeforeAClearIsNotRemoved() {
        Timeout foreign = new TimerQueue().add(1, NOTHING);
        Timeout cleared = timers.add(1, NOTHING);
        timers.clear();
        Timeout stays = timers.add(2, NOTHING);
        assertThat(timers.remove(foreign)).isFalse();
        assertThat(timers.remove(cleared)).isFalse();
        assertThat(pollAllDue(2)).containsExactly(stays);
    }

    @Test
    void deadlinesOnBothSidesOfTheClocksOverflowAreInOrder() {
        long now = Long.MAX_VALUE - 5;
        Timeout behind = timers.add(now + 10, NOTHING);
        Timeout before = timers.add(now + 1, NOTHING);
        Timeout longest = timers.add(now + TimerQueue.LONGEST, NOTHING);
        Timeout past = timers.add(now - 1, NOTHING);
        assertThat(behind.deadline).as("it has overflowed").isNegative();
        assertThat(pollAllDue(now)).containsExactly(past);
        assertThat(pollAllDue(now + 1)).containsExactly(before);
        assertThat(pollAllDue(now + 9)).isEmpty();
        assertThat(pollAllDue(now + 10)).containsExactly(behind);
        assertThat(timers.first()).isSameAs(longest);
    }

    @Test
    void anyMixtureOfCallsGivesWhatASortedListGives() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        List<Timeout> model = new ArrayList<>();
        long now = Long.MAX_VALUE - 50_000;
        for (int step = 0; step < 100_000; step++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> model.add(timers.add(now + random.nextInt(1000) - 100, NOTHING));
                case 2 -> {
                    if (!model.isEmpty()) {
                        Timeout victim = model.remove(random.nextInt(model.size()));
                        assertThat(timers.remove(victim))
                                .as("seed %d, step %d", seed, step)
                                .isTrue();
                    }
                }
                default -> {
                    now += random.nextInt(3);
                    long time = now;
                    Timeout expected = model.stream()
                            .filter(timeout -> timeout.deadline - time <= 0)
                            .reduce((one, other) -> one.isBefore(other) ? one : other)
                            .orElse(null);
                    model.remove(expected);
                    assertThat(timers.pollDue(now, timers.sequence()))
                            .as("seed %d, step %d", seed, step)
                            .isSameAs(expected);
                }
            }
            assertThat(timers.size()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
        }
    }

    @Test
    void aMillionSetAndCancelledLeaveNothingBehind() {
        int count = 1_000_000;
        var added = new Timeout[count];
        for (int i = 0; i < count; i++) {
            added[i] = timers.add((i * 7_919L) % count, NOTHING);
        }
        for (Timeout timeout : added) {
            assertThat(timers.remove(timeout)).isTrue();
        }
        assertThat(timers.size()).isZero();
        assertThat(timers.first()).isNull();
        assertThat(pollAllDue(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void aCancelledTimeoutIsNotRetained() {
        timers.add(1, NOTHING);
        WeakReference<Object> held = cancelledTimeout();
        timers.add(3, NOTHING);
        for (int i = 0; i < 100 && held.get() != null; i++) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(held.get()).isNull();
    }

    private WeakReference<Object> cancelledTimeout() {
        var resource = new Object();
        Timeout timeout = timers.add(2, resource::hashCode);
        timers.remove(timeout);
        return new WeakReference<>(resource);
    }
}
