package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a loop does in which order, in virtual time. A loop here stops by itself when it has nothing left to do. */
class IOLoopTest {
    private static final Endpoint ENDPOINT = new Endpoint("loop-test");

    private static final long MILLI = 1_000_000;

    private final ScriptedPoller poller = ScriptedPoller.at(0);
    private final IOLoop loop = poller.loop();
    private final List<String> events = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    IOLoopTest() {
        loop.setExceptionHandler(reported::add);
    }

    private Runnable event(String event) {
        return () -> events.add(event);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private void runOneTurn() {
        loop.stop();
        loop.start();
    }

    /** Is called what it is told to, and nothing else. */
    private class Member implements LoopMember {
        private final String name;

        Member(String name) {
            this.name = name;
        }

        @Override
        public void deliver() {
            events.add(name + " delivers");
        }

        @Override
        public void flush() {
            events.add(name + " flushes");
        }

        @Override
        public long readBuffer() {
            return 0;
        }

        @Override
        public long writeBuffer() {
            return 0;
        }

        @Override
        public void resume() {
            events.add("resumed");
        }

        @Override
        public Endpoint endpoint() {
            return ENDPOINT;
        }

        @Override
        public void end(CloseReason reason) {
            events.add(name + " ended by " + reason);
        }
    }

    // ---- the order of a turn

    @Test
    void aTurnIsTasksThenTimersThenDeliveriesThenFlushesThenThePoll() {
        var member = new Member("stream");
        poller.duringPoll = event("poll");
        poller.dispatched = event("dispatch");
        loop.flushLater(member);
        loop.deliverLater(member);
        loop.addTimeout(Duration.ZERO, event("timer"));
        loop.addCallback(event("task"));
        runOneTurn();
        assertThat(events).containsExactly("task", "timer", "stream delivers", "stream flushes", "poll", "dispatch");
    }

    @Test
    void whatTasksAndTimersFillIsDeliveredAndFlushedInTheSameTurn() {
        var member = new Member("stream");
        loop.addCallback(() -> loop.deliverLater(member));
        loop.addTimeout(Duration.ZERO, () -> loop.flushLater(member));
        runOneTurn();
        assertThat(events).containsExactly("stream delivers", "stream flushes");
    }

    @Test
    void whatADeliveryAsksForAgainWaitsForTheNextTurn() {
        var member = new Member("stream") {
            @Override
            public void deliver() {
                super.deliver();
                if (events.size() < 3) {
                    loop.deliverLater(this);
                }
            }
        };
        poller.duringPoll = event("poll");
        loop.deliverLater(member);
        loop.start();
        assertThat(events).containsExactly("stream delivers", "poll", "stream delivers", "poll");
    }

    @Test
    void tasksRunInTheOrderInWhichTheyWereAdded() {
        loop.addCallback(event("a")).addCallback(event("b"));
        loop.execute(event("c"));
        loop.<String>addCallback(events::add, "d");
        runOneTurn();
        assertThat(events).containsExactly("a", "b", "c", "d");
    }

    @Test
    void tasksAddedByTasksRunInTheNextTurn() {
        poller.duringPoll = event("poll");
        loop.addCallback(() -> {
            events.add("first");
            loop.addCallback(event("second"));
        });
        loop.start();
        assertThat(events).containsExactly("first", "poll", "second", "poll");
    }

    @Test
    void aTaskThatKeepsAddingItselfDoesNotKeepTimersAndPollsWaiting() {
        loop.addTimeout(Duration.ZERO, event("timer"));
        var turns = new int[1];
        loop.addCallback(new Runnable() {
            @Override
            public void run() {
                if (++turns[0] < 100) {
                    loop.addCallback(this);
                }
            }
        });
        loop.start();
        assertThat(events).containsExactly("timer");
        assertThat(poller.polls).hasSize(100);
    }

    // ---- how long a poll waits

    @Test
    void aPollDoesNotWaitWhileATaskIsLeft() {
        loop.addCallback(() -> loop.addCallback(event("task")));
        loop.start();
        assertThat(poller.polls).containsExactly(0L, Long.MAX_VALUE);
    }

    @Test
    void aPollDoesNotWaitWhileADeliveryOrAFlushIsLeft() {
        var member = new Member("stream");
        loop.flushLater(new Member("other") {
            @Override
            public void flush() {
                loop.deliverLater(member);
                loop.flushLater(member);
            }
        });
        loop.start();
        assertThat(events).containsExactly("stream delivers", "stream flushes");
        assertThat(poller.polls).containsExactly(0L, Long.MAX_VALUE);
    }

    @Test
    void aPollWaitsForTheFirstTimer() {
        loop.addTimeout(millis(20), event("late"));
        loop.addTimeout(millis(5), event("early"));
        loop.start();
        assertThat(poller.polls).containsExactly(5 * MILLI, 15 * MILLI, Long.MAX_VALUE);
        assertThat(events).containsExactly("early", "late");
    }

    @Test
    void aPollWaitsWithoutLimitWhenThereIsNoTimer() {
        loop.start();
        assertThat(poller.polls).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void theTimeThatTasksTookIsNotWaitedForOnceMore() {
        loop.addTimeout(millis(20), event("timer"));
        loop.addCallback(() -> poller.pass(8 * MILLI));
        loop.start();
        assertThat(poller.polls).startsWith(12 * MILLI);
        assertThat(loop.stats().busyNanos()).isEqualTo(8 * MILLI);
    }

    // ---- timers

    @Test
    void timersRunByDeadlineAndThoseOfOneDeadlineInTheirOrder() {
        loop.addTimeout(millis(2), event("c"));
        loop.addTimeout(millis(1), event("a"));
        loop.addTimeout(millis(1), event("b"));
        loop.<String>addTimeout(millis(3), events::add, "d");
        loop.start();
        assertThat(events).containsExactly("a", "b", "c", "d");
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void aTimerSetToTheMomentRunsInTheNextTurn() {
        poller.duringPoll = event("poll");
        loop.addTimeout(Duration.ZERO, () -> {
            events.add("first");
            loop.addTimeout(Duration.ofSeconds(-1), event("second"));
        });
        loop.start();
        assertThat(events).containsExactly("first", "poll", "second", "poll");
    }

    @Test
    void aTimerThatKeepsSettingItselfInThePastKeepsNoOtherWaiting() {
        var turns = new int[1];
        loop.addTimeoutAt(loop.nanoTime() - 10, new Runnable() {
            @Override
            public void run() {
                events.add("again");
                if (++turns[0] < 100) {
                    loop.addTimeoutAt(loop.nanoTime() - 10, this);
                }
            }
        });
        loop.addTimeoutAt(loop.nanoTime() - 5, event("other"));
        loop.start();
        assertThat(events).hasSize(101);
        assertThat(events.indexOf("other")).isLessThan(3);
    }

    @Test
    void aRemovedTimerDoesNotRun() {
        Timeout removed = loop.addTimeout(millis(1), event("never"));
        Timeout run = loop.addTimeout(millis(2), event("timer"));
        assertThat(loop.removeTimeout(removed)).isTrue();
        assertThat(loop.removeTimeout(removed)).isFalse();
        loop.start();
        assertThat(events).containsExactly("timer");
        assertThat(loop.removeTimeout(run)).isFalse();
    }

    @Test
    void aTimerRemovedByAnEarlierOneOfTheSameTurnDoesNotRun() {
        var second = new Timeout[1];
        loop.addTimeout(
                millis(1), () -> assertThat(loop.removeTimeout(second[0])).isTrue());
        second[0] = loop.addTimeout(millis(1), event("never"));
        loop.start();
        assertThat(events).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void manyTimersThatAreDueAtOnceLetPollsThroughAndLoseNothing() {
        for (int i = 0; i < 5000; i++) {
            loop.addTimeout(millis(1), event("timer"));
        }
        loop.start();
        assertThat(events).hasSize(5000);
        assertThat(poller.polls).contains(0L);
    }

    @Test
    void aDelayOfForeverIsCutAndNotOverflown() {
        loop.addTimeout(Duration.ofSeconds(Long.MAX_VALUE), event("never"));
        loop.addTimeout(millis(1), event("timer"));
        poller.duringPoll = () -> {
            if (poller.polls.size() == 2) {
                loop.stop();
                poller.pass(-TimerQueue.LONGEST);
            }
        };
        loop.start();
        assertThat(events).containsExactly("timer");
        assertThat(loop.stats().timers()).isEqualTo(1);
    }

    @Test
    void timersRunWhenTheClockOverflows() {
        ScriptedPoller late = ScriptedPoller.at(Long.MAX_VALUE - MILLI);
        late.loop().addTimeout(millis(3), event("behind"));
        late.loop().addTimeout(Duration.ofNanos(1), event("before"));
        late.loop().start();
        assertThat(events).containsExactly("before", "behind");
        assertThat(late.polls).containsExactly(1L, 3 * MILLI - 1, Long.MAX_VALUE);
    }

    // ---- callbacks that throw

    private static void throwIt(Throwable failure) {
        IOLoopTest.<RuntimeException>throwUnchecked(failure);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwUnchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    private static void recurse() {
        recurse();
    }

    private void whereverItIsThrownTheLoopGoesOn(Runnable throwing) {
        var failing = new Member("failing") {
            @Override
            public void deliver() {
                throwing.run();
            }

            @Override
            public void flush() {
                throwing.run();
            }
        };
        var member = new Member("stream");
        loop.addCallback(throwing);
        loop.addCallback(event("task"));
        loop.addTimeout(Duration.ZERO, throwing);
        loop.addTimeout(Duration.ZERO, event("timer"));
        loop.deliverLater(failing);
        loop.deliverLater(member);
        loop.flushLater(failing);
        loop.flushLater(member);
        loop.start();
        assertThat(events).containsExactly("task", "timer", "stream delivers", "stream flushes");
        assertThat(reported).hasSize(4);
        assertThat(loop.stats().failures()).isEqualTo(4);
    }

    @Test
    void anExceptionIsReportedAndTheLoopGoesOn() {
        var failure = new IllegalArgumentException("the user's mistake");
        whereverItIsThrownTheLoopGoesOn(() -> throwIt(failure));
        assertThat(reported).containsOnly(failure);
    }

    @Test
    void aCheckedExceptionInDisguiseIsReportedAndTheLoopGoesOn() {
        var failure = new IOException("thrown without being declared");
        whereverItIsThrownTheLoopGoesOn(() -> throwIt(failure));
        assertThat(reported).containsOnly(failure);
    }

    @Test
    void anErrorIsReportedAndTheLoopGoesOn() {
        var failure = new LinkageError("a class is missing");
        whereverItIsThrownTheLoopGoesOn(() -> throwIt(failure));
        assertThat(reported).containsOnly(failure);
    }

    @Test
    void anAssertionErrorIsReportedAndTheLoopGoesOn() {
        var failure = new AssertionError("false");
        whereverItIsThrownTheLoopGoesOn(() -> throwIt(failure));
        assertThat(reported).containsOnly(failure);
    }

    @Test
    void aRecursionWithoutEndIsReportedAndTheLoopGoesOn() {
        whereverItIsThrownTheLoopGoesOn(IOLoopTest::recurse);
        assertThat(reported).hasOnlyElementsOfType(StackOverflowError.class);
    }

    @Test
    void anExceptionHandlerThatThrowsDoesNotStopTheLoop() {
        loop.setExceptionHandler(failure -> {
            events.add("handler");
            throw new IllegalStateException("in the handler");
        });
        loop.addCallback(() -> throwIt(new IllegalStateException("in the task")));
        loop.addCallback(event("task"));
        loop.start();
        assertThat(events).containsExactly("handler", "task");
    }

    // ---- start, stop, close

    @Test
    void aStopBeforeTheStartLetsOneTurnRun() {
        loop.addCallback(event("task"));
        loop.stop();
        loop.start();
        assertThat(events).containsExactly("task");
        assertThat(loop.stats().turns()).isEqualTo(1);
        assertThat(poller.polls).as("the poll of that turn does not wait").containsExactly(0L);
    }

    @Test
    void aStopEndsTheTurnAndKeepsWhatIsQueued() {
        loop.addCallback(() -> {
            loop.stop();
            loop.addCallback(event("queued"));
        });
        loop.addCallback(event("same turn"));
        loop.addTimeout(millis(5), event("timer"));
        loop.start();
        assertThat(events).containsExactly("same turn");
        assertThat(loop.running()).isFalse();
        loop.start();
        assertThat(events).containsExactly("same turn", "queued", "timer");
    }

    @Test
    void aLoopCanBeStartedAgainAndAgain() {
        for (int i = 0; i < 1000; i++) {
            loop.addCallback(event("task"));
            loop.start();
        }
        assertThat(events).hasSize(1000);
    }

    @Test
    void aLoopThatRunsCannotBeStartedOnceMore() {
        loop.addCallback(loop::start);
        loop.start();
        assertThat(reported)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("'scripted' is already running on thread '"
                                + Thread.currentThread().getName() + "'"));
    }

    @Test
    void closeRunsWhatWasAcceptedAndEndsTheStreams() {
        loop.join(new Member("stream"));
        loop.addCallback(event("task"));
        loop.addTimeout(Duration.ZERO, event("never"));
        loop.close();
        assertThat(events).containsExactly("task", "stream ended by LOOP_CLOSED");
        assertThat(poller.closed).isTrue();
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void whatTheEndOfAStreamQueuesIsStillDelivered() {
        loop.join(new Member("stream") {
            @Override
            public void end(CloseReason reason) {
                super.end(reason);
                loop.deliverLater(this);
            }
        });
        loop.close();
        assertThat(events).containsExactly("stream ended by LOOP_CLOSED", "stream delivers");
    }

    @Test
    void aMemberThatThrowsAtTheEndKeepsNoOtherFromItsEnd() {
        loop.join(new Member("failing") {
            @Override
            public void end(CloseReason reason) {
                throw new IllegalStateException("at the end");
            }
        });
        loop.join(new Member("stream"));
        loop.close();
        assertThat(events).containsExactly("stream ended by LOOP_CLOSED");
        assertThat(reported).hasSize(1);
        assertThat(poller.closed).isTrue();
    }

    @Test
    void aLoopThatRunsClosesAtTheEndOfItsTurn() {
        loop.addCallback(() -> {
            loop.close();
            loop.addCallback(event("accepted"));
        });
        loop.addCallback(event("same turn"));
        loop.start();
        assertThat(events).containsExactly("same turn", "accepted");
        assertThat(poller.closed).isTrue();
        assertThat(loop.running()).isFalse();
    }

    @Test
    void aClosedLoopRejectsTasksAndStreamsAndCannotBeStarted() {
        loop.close();
        assertThatThrownBy(() -> loop.addCallback(event("never")))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("'scripted' is closed");
        assertThatThrownBy(() -> loop.join(new Member("late"))).isInstanceOf(RejectedExecutionException.class);
        assertThatIllegalStateException().isThrownBy(loop::start).withMessageContaining("'scripted' is closed");
        loop.close();
        loop.stop();
        assertThat(events).isEmpty();
    }

    @Test
    void aTaskThatClosesALoopThatIsNotRunningLosesNothing() {
        loop.addCallback(() -> {
            loop.addCallback(event("inner"));
            loop.close();
            events.add("closed");
        });
        loop.addCallback(event("second"));
        loop.addCallback(event("third"));
        loop.close();
        assertThat(events).containsExactlyInAnyOrder("inner", "closed", "second", "third");
        assertThat(reported).isEmpty();
    }

    @Test
    void aPollThatFailsEndsTheLoopAndItsStreams() {
        loop.join(new Member("stream"));
        poller.failure = new IOException("Bad file descriptor");
        assertThatThrownBy(loop::start)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("'scripted' could not poll: Bad file descriptor");
        assertThat(events).containsExactly("stream ended by LOOP_DIED");
        assertThat(loop.running()).isFalse();
        assertThat(poller.closed).isTrue();
        assertThatThrownBy(() -> loop.addCallback(event("never"))).isInstanceOf(RejectedExecutionException.class);
    }

    // ---- runSync

    @Test
    void runSyncRunsTheFirstTaskAndThenTheLoopUntilTheStop() {
        loop.runSync(
                millis(100),
                () -> loop.addTimeout(millis(50), () -> {
                    events.add("done");
                    loop.stop();
                }));
        assertThat(events).containsExactly("done");
        assertThat(loop.stats().timers()).as("its limit is not left behind").isZero();
    }

    @Test
    void runSyncFailsAfterItsLimitAndSaysWhatToDo() {
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.runSync(millis(100), event("first")))
                .withMessageContaining("'scripted' was not stopped within PT0.1S")
                .withMessageContaining("call stop()");
        assertThat(events).containsExactly("first");
        assertThat(loop.running()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalArgumentException.class, AssertionError.class})
    void runSyncThrowsWhatTheFirstTaskThrows(Class<? extends Throwable> type) throws ReflectiveOperationException {
        Throwable failure = type.getDeclaredConstructor().newInstance();
        assertThatThrownBy(() -> loop.runSync(millis(100), () -> throwIt(failure)))
                .isSameAs(failure);
        assertThat(loop.running()).isFalse();
        assertThat(loop.stats().timers()).isZero();
        assertThat(poller.polls).as("it does not wait for its limit").containsExactly(0L);
    }

    @Test
    void runSyncOnALoopThatRunsIsRefusedAndLeavesNothingBehind() {
        loop.addCallback(() -> loop.runSync(millis(100), event("never")));
        loop.addTimeout(millis(200), event("timer"));
        loop.start();
        assertThat(reported)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already running"));
        assertThat(events).containsExactly("timer");
    }

    // ---- others

    @Test
    void statsTellWhatTheLoopHolds() {
        loop.addCallback(event("task"));
        loop.addTimeout(millis(1), event("timer"));
        var member = new Member("stream");
        loop.join(member);
        assertThat(loop.stats().tasks()).isEqualTo(1);
        assertThat(loop.stats().timers()).isEqualTo(1);
        assertThat(loop.stats().streams()).isEqualTo(1);
        assertThat(loop.stats().running()).isFalse();
        loop.leave(member);
        loop.start();
        assertThat(loop.stats().tasks()).isZero();
        assertThat(loop.stats().timers()).isZero();
        assertThat(loop.stats().streams()).isZero();
        assertThat(loop.stats().turns()).isEqualTo(poller.polls.size());
    }

    @Test
    void nullIsRefusedWhereItIsGivenAndNotLater() {
        assertThatThrownBy(() -> loop.addCallback((Runnable) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.addCallback((Consumer<String>) null, "x"))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.addTimeout(millis(1), null)).isInstanceOf(NullPointerException.class);
        assertThat(loop.stats().tasks()).isZero();
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void whenAllSegmentsAreTakenTheStreamThatWroteFirstIsFlushed() {
        List<java.nio.ByteBuffer> taken = new ArrayList<>();
        var holder = new Member("holder") {
            @Override
            public void flush() {
                super.flush();
                loop.giveSegment(taken.get(0));
            }
        };
        for (int i = 0; i < 16; i++) {
            taken.add(loop.takeSegment());
        }
        loop.flushLater(holder);
        assertThat(loop.takeSegment()).isSameAs(taken.get(0));
        assertThat(events).containsExactly("holder flushes");
        assertThatIllegalStateException().isThrownBy(loop::takeSegment).withMessageContaining("nothing is to flush");
    }
}
