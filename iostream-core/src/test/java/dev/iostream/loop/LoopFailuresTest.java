package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a loop survives, and how it ends when it does not. */
class LoopFailuresTest {
    private static final Endpoint ENDPOINT = new Endpoint("loop-failures");

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> events = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static Object exhaustMemory() {
        List<long[]> held = new ArrayList<>();
        while (true) {
            // the largest array there can be: refused at once or soon, without filling the heap with garbage first
            held.add(new long[Integer.MAX_VALUE]);
        }
    }

    @Test
    void aStackOverflowInATaskIsReportedAndTheLoopLives() {
        theLoopSurvives(() -> recurse(0), StackOverflowError.class);
    }

    @Test
    void anOutOfMemoryErrorInATaskIsReportedAndTheLoopLives() {
        theLoopSurvives(LoopFailuresTest::exhaustMemory, OutOfMemoryError.class);
    }

    @Test
    void anyThrowableOfATaskOrTimerIsReportedAndTheLoopLives() {
        theLoopSurvives(
                () -> {
                    throw new AssertionError("on purpose");
                },
                AssertionError.class);
        theLoopSurvives(
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                IllegalStateException.class);
        theLoopSurvives(() -> sneak(new InterruptedException("on purpose")), InterruptedException.class);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable checked) throws E {
        throw (E) checked;
    }

    private void theLoopSurvives(Runnable failing, Class<? extends Throwable> expected) {
        reported.clear();
        try (var loop = new IOLoop()) {
            loop.setExceptionHandler(reported::add);
            loop.runSync(
                    LIMIT,
                    () -> loop.addCallback(failing)
                            .addCallback(() -> loop.addTimeout(Duration.ZERO, () -> {
                                loop.addTimeout(Duration.ZERO, loop::stop);
                                failing.run();
                            })));
            assertThat(reported).hasSize(2).hasOnlyElementsOfType(expected);
            assertThat(loop.stats().failures()).isEqualTo(2);
        }
    }

    @Test
    void anExceptionHandlerThatFailsDoesNotEndTheLoop() {
        try (var loop = new IOLoop()) {
            loop.setExceptionHandler(failure -> {
                events.add("told");
                throw new OutOfMemoryError("on purpose");
            });
            loop.runSync(
                    LIMIT,
                    () -> loop.addCallback(() -> {
                                throw new IllegalStateException("on purpose");
                            })
                            .addCallback(loop::stop));
            assertThat(events).containsExactly("told");
        }
    }

    @Test
    void aPollerThatFailsEndsTheLoopItsStreamsAndAllThatIsToCome() {
        var poller = new BrokenPoller();
        var loop = new IOLoop(LoopOptions.named("dying").poller(() -> poller));
        loop.setExceptionHandler(reported::add);
        loop.join(new Member(loop));
        loop.addCallback(() -> loop.addCallback(() -> events.add("accepted")));
        assertThatThrownBy(loop::start)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("'dying' could not poll: broken");
        assertThat(events).containsExactly("accepted", "ended LOOP_DIED", "delivered");
        assertThat(poller.closed).isTrue();
        assertThat(loop.running()).isFalse();
        assertThatThrownBy(() -> loop.addCallback(() -> events.add("late")))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("'dying'");
        assertThatIllegalStateException().isThrownBy(loop::start);
        loop.close();
        loop.stop();
        assertThat(events).hasSize(3);
        assertThat(poller.polls).isEqualTo(IOLoop.FAILED_TURNS);
        assertThat(reported)
                .as("all but the last, which start() throws")
                .hasSize(IOLoop.FAILED_TURNS - 1)
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("broken"));
    }

    @Test
    void aPollThatFailsNowAndThenIsReportedAndTheLoopLives() {
        var poller = new BrokenPoller();
        poller.error = new OutOfMemoryError("on purpose");
        poller.failures = IOLoop.FAILED_TURNS - 1;
        var loop = new IOLoop(LoopOptions.named("living").poller(() -> poller));
        loop.setExceptionHandler(reported::add);
        poller.polled = () -> {
            // the next failures are counted anew
            poller.polled = loop::stop;
            poller.failures = IOLoop.FAILED_TURNS - 1;
        };
        loop.start();
        assertThat(reported).hasSize(2 * (IOLoop.FAILED_TURNS - 1)).containsOnly(poller.error);
        assertThat(loop.stats().failures()).isEqualTo(reported.size());
        assertThat(poller.polls).isEqualTo(2 * IOLoop.FAILED_TURNS);
        assertThat(loop.stats().turns()).isEqualTo(poller.polls);
        loop.close();
    }

    @Test
    void aPollThatFailsKeepsNeitherTasksNorHandlersFromTheirTurn() {
        var poller = new BrokenPoller();
        poller.failures = 2;
        var loop = new IOLoop(LoopOptions.named("living").poller(() -> poller));
        loop.setExceptionHandler(reported::add);
        poller.polled = loop::stop;
        loop.addCallback(() -> {
            events.add("first");
            loop.addCallback(() -> events.add("second"));
        });
        poller.dispatched = () -> events.add("dispatched");
        loop.start();
        assertThat(events).containsExactly("first", "dispatched", "second", "dispatched", "dispatched");
        assertThat(reported).hasSize(2);
        loop.close();
    }

    @Test
    void whatThrowsAtTheEndIsReportedAndSkipsNothing() throws IOException {
        var poller = new BrokenPoller();
        poller.watched = new StackOverflowError("of a registration");
        poller.closing = new OutOfMemoryError("of the poller");
        var loop = new IOLoop(LoopOptions.named("ending").poller(() -> poller));
        loop.setExceptionHandler(reported::add);
        var ending = new OutOfMemoryError("of a stream");
        loop.join(new Member(loop) {
            @Override
            public void end(CloseReason reason) {
                throw ending;
            }
        });
        loop.join(new Member(loop));
        try (var one = DatagramChannel.open();
                var other = DatagramChannel.open()) {
            for (DatagramChannel each : List.of(one, other)) {
                each.configureBlocking(false);
                loop.addHandler(each, Interest.READ, (channel, ready) -> {});
            }
            loop.close(true);
            assertThat(one.isOpen()).isFalse();
            assertThat(other.isOpen()).isFalse();
        }
        assertThat(events).containsExactly("ended LOOP_CLOSED", "delivered");
        assertThat(poller.closed).isTrue();
        assertThat(reported).containsExactly(ending, poller.watched, poller.watched, poller.closing);
        assertThat(loop.running()).isFalse();
        assertThat(loop.handledChannels()).isZero();
    }

    @Test
    void streamsMayLeaveTogetherWhileTheyEnd() {
        var loop = new IOLoop();
        List<Member> pair = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            pair.add(new Member(loop) {
                @Override
                public void end(CloseReason reason) {
                    events.add("ended");
                    pair.forEach(loop::leave);
                }
            });
            loop.join(pair.get(i));
        }
        assertThat(loop.stats().streams()).isEqualTo(2);
        loop.close();
        assertThat(events).containsExactly("ended", "ended");
        assertThat(loop.stats().streams()).isZero();
    }

    @Test
    void anErrorOfThePollerEndsTheLoopToo() {
        var poller = new BrokenPoller();
        poller.error = new OutOfMemoryError("on purpose");
        var loop = new IOLoop(LoopOptions.named("dying").poller(() -> poller));
        loop.join(new Member(loop));
        assertThatThrownBy(loop::start).isSameAs(poller.error);
        assertThat(events).containsExactly("ended LOOP_DIED", "delivered");
    }

    @Test
    void aStreamThatFailsAtTheEndKeepsNoOtherFromBeingTold() {
        var loop = new IOLoop();
        loop.setExceptionHandler(reported::add);
        var failure = new IllegalStateException("on purpose");
        loop.join(new Member(loop) {
            @Override
            public Endpoint endpoint() {
                return ENDPOINT;
            }

            @Override
            public void end(CloseReason reason) {
                throw failure;
            }
        });
        loop.join(new Member(loop));
        loop.close();
        assertThat(reported).containsExactly(failure);
        assertThat(events).containsExactly("ended LOOP_CLOSED", "delivered");
        assertThatThrownBy(() -> loop.join(new Member(loop))).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void theLastCallbacksMayWaitForAThreadThatClosesTheLoop() {
        var loop = new IOLoop();
        loop.addCallback(() -> {
            var closer = new Thread(loop::close);
            closer.start();
            try {
                closer.join(LIMIT.toMillis());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            events.add(closer.isAlive() ? "hangs" : "closed");
        });
        loop.close();
        assertThat(events).containsExactly("closed");
    }

    @Test
    void aCloseInTheLastTurnIsNotLost() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            var loop = new IOLoop();
            var stopping = new CountDownLatch(1);
            var closer = new Thread(() -> {
                try {
                    stopping.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                loop.close();
            });
            closer.start();
            loop.runSync(LIMIT, () -> {
                loop.stop();
                stopping.countDown();
            });
            closer.join();
            assertThat(loop.stats().running()).isFalse();
            assertThatThrownBy(() -> loop.addCallback(() -> {})).isInstanceOf(RejectedExecutionException.class);
        }
    }

    private class Member implements LoopMember {
        private final IOLoop loop;

        Member(IOLoop loop) {
            this.loop = loop;
        }

        @Override
        public void deliver() {
            events.add("delivered");
        }

        @Override
        public void flush() {
            events.add("flushed");
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
            events.add("ended " + reason);
            loop.deliverLater(this);
        }
    }

    private static final class BrokenPoller implements Poller {
        private Error error;
        private Error watched;
        private Error closing;
        private Runnable polled = () -> {};
        private Runnable dispatched = () -> {};
        private int failures = Integer.MAX_VALUE;
        private int polls;
        private boolean closed;

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void poll(long timeoutNanos) throws IOException {
            polls++;
            if (failures == 0) {
                polled.run();
                return;
            }
            failures--;
            if (error != null) {
                throw error;
            }
            throw new IOException("broken");
        }

        @Override
        public void dispatch(LoopExceptionHandler failures) {
            dispatched.run();
        }

        @Override
        public void wakeup() {
            // nothing waits
        }

        @Override
        public Registration register(SelectableChannel channel, ReadyHandler handler) {
            return new Registration() {
                @Override
                public void watch(int interest) {
                    // nothing is ever ready
                }

                @Override
                public void cancel() {
                    throw watched;
                }
            };
        }

        @Override
        public void close() {
            closed = true;
            if (closing != null) {
                throw closing;
            }
        }
    }
}
