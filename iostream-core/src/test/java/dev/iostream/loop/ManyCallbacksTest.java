package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A million of each. */
class ManyCallbacksTest {
    private static final Duration LIMIT = Duration.ofSeconds(100);
    private static final int MANY = 1_000_000;

    @Test
    void aMillionTimersSetAndCancelledLeaveNothing() {
        try (var loop = new IOLoop()) {
            var ran = new AtomicInteger();
            loop.runSync(LIMIT, () -> {
                var timeouts = new Timeout[MANY];
                for (int i = 0; i < MANY; i++) {
                    timeouts[i] = loop.addTimeout(Duration.ofMillis(i * 7919L % 60_000), ran::incrementAndGet);
                }
                assertThat(loop.stats().timers()).as("with the limit's own").isEqualTo(MANY + 1L);
                for (Timeout timeout : timeouts) {
                    assertThat(loop.removeTimeout(timeout)).isTrue();
                }
                assertThat(loop.stats().timers()).isEqualTo(1);
                loop.stop();
            });
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void aMillionCallbacksOfFourThreadsRunOnceInTheOrderOfEachForFewWakeUps() {
        int threads = 4;
        int each = MANY / threads;
        var poller = new CountingPoller();
        try (var loop = new IOLoop(LoopOptions.named("counted").poller(() -> poller))) {
            var next = new int[threads];
            var outOfOrder = new AtomicInteger();
            var ended = new AtomicInteger();
            loop.runSync(LIMIT, () -> {
                for (int t = 0; t < threads; t++) {
                    int thread = t;
                    new Thread(() -> {
                                for (int i = 0; i < each; i++) {
                                    int number = i;
                                    loop.addCallback(() -> {
                                        if (next[thread]++ != number) {
                                            outOfOrder.incrementAndGet();
                                        }
                                        if (number == each - 1 && ended.incrementAndGet() == threads) {
                                            loop.stop();
                                        }
                                    });
                                }
                            })
                            .start();
                }
            });
            assertThat(next).containsOnly(each);
            assertThat(outOfOrder).hasValue(0);
            assertThat(poller.wakeups.get()).as("wake-ups").isLessThanOrEqualTo(MANY / 5);
        }
    }

    @Test
    void aTaskOfAnotherThreadWakesAWaitingLoopUpEveryTime() {
        int rounds = 20_000;
        try (var one = IOLoopGroup.of(1, "ping-");
                var other = IOLoopGroup.of(1, "pong-")) {
            one.start();
            other.start();
            var done = new CompletableFuture<Integer>();
            pass(one.next(), other.next(), rounds, done);
            assertThat(done.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join())
                    .isZero();
        }
    }

    private static void pass(IOLoop to, IOLoop back, int rounds, CompletableFuture<Integer> done) {
        to.addCallback(() -> {
            if (rounds == 0) {
                done.complete(rounds);
            } else {
                pass(back, to, rounds - 1, done);
            }
        });
    }

    @Test
    void aBusyLoopIsNotWokenUp() {
        var poller = new CountingPoller();
        var ran = new AtomicInteger();
        try (var loop = new IOLoop(LoopOptions.named("busy").poller(() -> poller))) {
            loop.runSync(LIMIT, () -> {
                var other = new Thread(() -> {
                    for (int i = 0; i < 1000; i++) {
                        loop.addCallback(ran::incrementAndGet);
                    }
                });
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                assertThat(poller.wakeups).hasValue(0);
                loop.addCallback(loop::stop);
            });
            assertThat(ran).hasValue(1000);
        }
    }

    /** A selector's poller that counts the calls to wake it up, of which it passes on no more than one to the system. */
    private static final class CountingPoller implements Poller {
        private final NioPoller poller = NioPoller.open();
        private final AtomicInteger wakeups = new AtomicInteger();

        @Override
        public long nanoTime() {
            return poller.nanoTime();
        }

        @Override
        public void poll(long timeoutNanos) throws IOException {
            poller.poll(timeoutNanos);
        }

        @Override
        public void dispatch(LoopExceptionHandler failures) {
            poller.dispatch(failures);
        }

        @Override
        public void wakeup() {
            wakeups.incrementAndGet();
            poller.wakeup();
        }

        @Override
        public Registration register(SelectableChannel channel, ReadyHandler handler) throws IOException {
            return poller.register(channel, handler);
        }

        @Override
        public void close() throws IOException {
            poller.close();
        }
    }
}
