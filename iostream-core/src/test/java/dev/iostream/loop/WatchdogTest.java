package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.event.Tally;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** What the watchdog makes of what it sees, in time that the test passes. */
    @Nested
    class Looking {
        private final List<Watchdog.Warning> warnings = new ArrayList<>();
        private final Watchdog watchdog = new Watchdog(() -> 0, 1, warnings::add);
        private final Tally turns = new Tally();
        private final Tally polling = new Tally();
        private final Tally blocked = new Tally();
        private final Watchdog.Watch[] watches = {
            new Watchdog.Watch("io-1", Thread.currentThread(), 100 * MILLI, turns, polling, blocked)
        };

        Looking() {
            polling.set(-1);
        }

        /** So much time, with a look at each half of the threshold. */
        private void pass(long millis) {
            for (long passed = 0; passed < millis; passed += 50) {
                watchdog.look(watches, 50 * MILLI);
            }
        }

        private void startPolling() {
            polling.set(turns.get());
        }

        private void stopPolling() {
            turns.add(1);
        }

        @Test
        void aLoopThatWaitsIsNotBlocked() {
            startPolling();
            pass(10_000);
            assertThat(warnings).isEmpty();
            assertThat(blocked.get()).isZero();
        }

        @Test
        void aLoopThatTurnsIsNotBlocked() {
            for (int i = 0; i < 1000; i++) {
                startPolling();
                stopPolling();
                pass(100);
            }
            assertThat(warnings).isEmpty();
            assertThat(blocked.get()).isZero();
        }

        @Test
        void aLoopThatDoesNotTurnIsWarnedOfAtTheThresholdAndWheneverTheTimeHasDoubled() {
            pass(100);
            assertThat(warnings).isEmpty();
            pass(50);
            assertThat(warnings).hasSize(1);
            assertThat(warnings.get(0).message())
                    .startsWith("Loop 'io-1' (thread '")
                    .contains("blocked for 100 ms by ");
            pass(50);
            assertThat(warnings).hasSize(1);
            pass(50);
            assertThat(warnings).hasSize(2);
            assertThat(warnings.get(1).message()).contains("blocked for 200 ms");
            pass(750);
            assertThat(warnings).hasSize(4);
            assertThat(warnings.get(3).message()).contains("blocked for 800 ms");
            assertThat(blocked.get()).isEqualTo(1);
        }

        @Test
        void theFirstTurnCanBlockAsAnyOther() {
            pass(150);
            startPolling();
            pass(1000);
            stopPolling();
            pass(150);
            assertThat(warnings).hasSize(2);
            assertThat(blocked.get()).isEqualTo(2);
        }

        @Test
        void aPauseOfTheWholeProcessIsNotBlamedOnACallback() {
            watchdog.look(watches, 50 * MILLI);
            watchdog.look(watches, TimeUnit.HOURS.toNanos(1));
            assertThat(warnings).hasSizeLessThanOrEqualTo(1);
            assertThat(warnings).noneMatch(warning -> warning.message().contains("3600"));
        }

        @Test
        void warningsOfAMinuteAreLimitedButAllIsCounted() {
            for (int i = 0; i < 40; i++) {
                pass(150);
                startPolling();
                stopPolling();
            }
            assertThat(warnings).hasSize(Watchdog.WARNINGS_PER_MINUTE);
            assertThat(warnings.get(Watchdog.WARNINGS_PER_MINUTE - 1).message()).contains("left out");
            assertThat(blocked.get()).isEqualTo(40);
            startPolling();
            pass(60_000);
            stopPolling();
            pass(150);
            assertThat(warnings).hasSize(Watchdog.WARNINGS_PER_MINUTE + 1);
        }

        @Test
        void whoCannotWarnGoesOnLooking() {
            var failing = new Watchdog(() -> 0, 1, warning -> {
                throw new IllegalStateException("no log");
            });
            for (int i = 0; i < 10; i++) {
                failing.look(watches, 50 * MILLI);
            }
            assertThat(blocked.get()).isEqualTo(1);
        }
    }

    /** Whom it names. */
    @Nested
    class Naming {
        private StackTraceElement[] stack(String... callsFromTheTop) {
            var stack = new StackTraceElement[callsFromTheTop.length];
            for (int i = 0; i < stack.length; i++) {
                int dot = callsFromTheTop[i].lastIndexOf('.');
                stack[i] = new StackTraceElement(
                        callsFromTheTop[i].substring(0, dot), callsFromTheTop[i].substring(dot + 1), "File.java", i);
            }
            return stack;
        }

        @Test
        void theCallbackIsTheFirstUserCodeThatTheLoopCalls() {
            assertThat(Watchdog.callbackIn(stack(
                            "java.lang.Thread.sleep",
                            "com.example.Dao.query",
                            "com.example.Orders.received",
                            "dev.iostream.stream.CallbackLane.run",
                            "dev.iostream.loop.IOLoop.turn",
                            "dev.iostream.loop.IOLoop.start",
                            "com.example.Main.main")))
                    .isEqualTo("com.example.Orders.received(File.java:2)");
        }

        @Test
        void theJdkBetweenTheLoopAndTheUserIsPassedOver() {
            assertThat(Watchdog.callbackIn(stack(
                            "java.util.concurrent.locks.LockSupport.park",
                            "com.example.Orders.lambda$new$0",
                            "java.util.concurrent.CompletableFuture$AsyncRun.run",
                            "dev.iostream.loop.IOLoop.start",
                            "java.lang.Thread.run")))
                    .isEqualTo("com.example.Orders.lambda$new$0(File.java:1)");
        }

        @Test
        void aCallbackThatCallsTheLibraryIsStillNamed() {
            assertThat(Watchdog.callbackIn(stack(
                            "sun.nio.ch.SocketDispatcher.write0",
                            "dev.iostream.stream.IOStream.write",
                            "dev.iostream.sample.Gateway.forward",
                            "dev.iostream.loop.IOLoop.start",
                            "java.lang.Thread.run")))
                    .isEqualTo("dev.iostream.sample.Gateway.forward(File.java:2)");
        }

        @Test
        void withoutUserCodeTheJdkIsNamedAndWithoutThatTheLoop() {
            assertThat(Watchdog.callbackIn(stack(
                            "java.util.concurrent.locks.LockSupport.park",
                            "java.util.concurrent.Semaphore.acquireUninterruptibly",
                            "dev.iostream.loop.IOLoop.start")))
                    .isEqualTo("java.util.concurrent.Semaphore.acquireUninterruptibly(File.java:1)");
            assertThat(Watchdog.callbackIn(stack("dev.iostream.loop.IOLoop.start", "java.lang.Thread.run")))
                    .isEqualTo("the loop itself");
            assertThat(Watchdog.callbackIn(stack())).isEqualTo("the loop itself");
        }

        @Test
        void theUserIsFoundInAStackSoDeepThatTheLoopIsCutOff() {
            assertThat(Watchdog.callbackIn(stack("java.lang.Thread.sleep", "com.example.Deep.a", "com.example.Deep.b")))
                    .isEqualTo("com.example.Deep.b(File.java:2)");
        }

        @Test
        void whatTheJvmMakesForLambdasIsLeftOut() {
            assertThat(Watchdog.readable(stack(
                            "com.example.Orders.lambda$new$0",
                            "com.example.Orders$$Lambda$17/0x00007f2ff40078e0.run",
                            "com.example.Orders$$Lambda/0x00007f2ff40078e0.run",
                            "dev.iostream.loop.IOLoop.start")))
                    .extracting(StackTraceElement::getMethodName)
                    .containsExactly("lambda$new$0", "start");
        }
    }

    /** Its thread, and the loops that it looks at. */
    @Nested
    class Watching {
        private final Logger log = Logger.getLogger(Watchdog.class.getName());

        private Handler listen(Consumer<LogRecord> listener) {
            var handler = new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    listener.accept(entry);
                }

                @Override
                public void flush() {
                    // nothing is kept
                }

                @Override
                public void close() {
                    // nothing is held
                }
            };
            log.addHandler(handler);
            return handler;
        }

        @Test
        void aCallbackThatBlocksIsLoggedByNameWithItsStackAndCounted() throws InterruptedException {
            var seen = new AtomicReference<LogRecord>();
            var blocker = new Semaphore(0);
            Handler handler = listen(entry -> {
                // a slow machine may first be seen busy with the linkage of the lambda
                boolean blocked = entry.getMessage().contains("'the blocked one'")
                        && Stream.of(entry.getThrown().getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("acquireUninterruptibly"));
                if (blocked && seen.compareAndSet(null, entry)) {
                    blocker.release();
                }
            });
            var loop = new IOLoop(LoopOptions.named("the blocked one").blockedThreshold(Duration.ofMillis(1)));
            try {
                // where there is no user code, the watchdog names the JDK's
                loop.runSync(
                        LIMIT,
                        () -> loop.addCallback(blocker::acquireUninterruptibly).addCallback(loop::stop));
            } finally {
                log.removeHandler(handler);
            }
            assertThat(seen.get().getLevel()).isEqualTo(Level.WARNING);
            assertThat(seen.get().getMessage()).contains("Semaphore.acquireUninterruptibly(");
            assertThat(loop.stats().blocked()).isPositive();
            loop.close();
        }

        @Test
        void aHandlerOfAChannelBlocksAsATaskDoes() throws Exception {
            var blocker = new Semaphore(0);
            Handler handler = listen(entry -> blocker.release());
            var loop = new IOLoop(LoopOptions.named("blocked by a handler").blockedThreshold(Duration.ofMillis(1)));
            var pipe = Pipe.open();
            try {
                pipe.source().configureBlocking(false);
                loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
                    blocker.acquireUninterruptibly();
                    loop.stop();
                });
                pipe.sink().write(ByteBuffer.allocate(1));
                loop.runSync(LIMIT, () -> {});
            } finally {
                log.removeHandler(handler);
                pipe.sink().close();
                pipe.source().close();
            }
            assertThat(loop.stats().blocked()).isPositive();
            loop.close();
        }

        @Test
        void aThresholdOfZeroTurnsItOff() {
            assertThat(LoopOptions.named("any").blockedThreshold()).isEqualTo(Duration.ofMillis(100));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LoopOptions.named("any").blockedThreshold(Duration.ofNanos(1)))
                    .withMessageContaining("at least 1 ms");
            var started = Watchdog.SHARED.watched();
            try (var loop = new IOLoop(LoopOptions.named("unwatched").blockedThreshold(Duration.ZERO))) {
                loop.runSync(LIMIT, () -> {
                    assertThat(Watchdog.SHARED.watched()).isEqualTo(started);
                    loop.stop();
                });
            }
        }

        @Test
        void oneDaemonThreadLooksAtAllLoopsAndEndsWithTheLast() throws InterruptedException {
            var watchdog = new Watchdog(System::nanoTime, 1, warning -> {});
            assertThat(watchdog.thread()).isNull();
            var one = aWatch();
            var other = aWatch();
            watchdog.watch(one);
            Thread thread = watchdog.thread();
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getContextClassLoader()).isNull();
            watchdog.watch(other);
            assertThat(watchdog.thread()).isSameAs(thread);
            watchdog.forget(one);
            assertThat(watchdog.watched()).isEqualTo(1);
            watchdog.forget(other);
            thread.join(LIMIT.toMillis());
            assertThat(thread.isAlive()).isFalse();
            assertThat(watchdog.thread()).isNull();

            watchdog.watch(one);
            assertThat(watchdog.thread()).isNotNull().isNotSameAs(thread);
            watchdog.forget(one);
        }

        @Test
        void anInterruptDoesNotEndIt() throws InterruptedException {
            var looks = new CountDownLatch(100);
            var watchdog = new Watchdog(
                    () -> {
                        looks.countDown();
                        return System.nanoTime();
                    },
                    1,
                    warning -> {});
            var watch = aWatch();
            watchdog.watch(watch);
            watchdog.thread().interrupt();
            assertThat(looks.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            watchdog.forget(watch);
        }

        @Test
        void whateverIsThrownDoesNotEndIt() throws InterruptedException {
            var looks = new CountDownLatch(100);
            var watchdog = new Watchdog(
                    () -> {
                        looks.countDown();
                        if (looks.getCount() % 2 == 0) {
                            throw new OutOfMemoryError("on purpose");
                        }
                        return System.nanoTime();
                    },
                    1,
                    warning -> {});
            var watch = aWatch();
            watchdog.watch(watch);
            assertThat(looks.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Thread thread = watchdog.thread();
            watchdog.forget(watch);
            thread.join(LIMIT.toMillis());
            assertThat(thread.isAlive()).isFalse();
            assertThat(watchdog.thread()).isNull();
        }

        private Watchdog.Watch aWatch() {
            return new Watchdog.Watch("any", Thread.currentThread(), MILLI, new Tally(), new Tally(), new Tally());
        }
    }
}
