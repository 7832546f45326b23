package dev.iostream.loop;

import static dev.iostream.Eventually.LIMIT;
import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A loop on a thread and over a selector of the system: what only these can show. */
class NioLoopTest {
    private final IOLoop loop = new IOLoop(LoopOptions.named("nio-test"));
    private Thread thread;

    private void startOnAThread() throws InterruptedException {
        var running = new CountDownLatch(1);
        loop.addCallback(running::countDown);
        thread = new Thread(loop::start, "nio-test-thread");
        thread.setDaemon(true);
        thread.start();
        assertThat(running.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void close() throws InterruptedException {
        loop.close();
        if (thread != null) {
            thread.join(LIMIT.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
        assertThat(loop.running()).isFalse();
    }

    private void awaitOnLoop(Runnable task) throws InterruptedException {
        var ran = new CountDownLatch(1);
        loop.addCallback(() -> {
            task.run();
            ran.countDown();
        });
        assertThat(ran.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTaskFromAnotherThreadWakesALoopThatWaits() throws InterruptedException {
        startOnAThread();
        var ranOn = new AtomicReference<Thread>();
        for (int i = 0; i < 1000; i++) {
            awaitOnLoop(() -> ranOn.set(Thread.currentThread()));
        }
        assertThat(ranOn).hasValue(thread);
    }

    @Test
    void aStopFromAnotherThreadEndsALoopThatWaits() throws InterruptedException {
        startOnAThread();
        loop.stop();
        thread.join(LIMIT.toMillis());
        assertThat(loop.running()).isFalse();
    }

    @Test
    void whatIsConfinedSaysWhoOwnsItWhoCameAndWhatToDo() throws InterruptedException {
        startOnAThread();
        String here = Thread.currentThread().getName();
        for (Runnable call : new Runnable[] {
            () -> loop.addTimeout(Duration.ZERO, () -> {}),
            () -> loop.setExceptionHandler(failure -> {}),
            () -> loop.removeTimeout(new TimerQueue().add(0, () -> {})),
            () -> loop.requireConfined("anything")
        }) {
            assertThatIllegalStateException()
                    .isThrownBy(call::run)
                    .withMessageContaining("is confined to loop 'nio-test'")
                    .withMessageContaining("thread 'nio-test-thread'")
                    .withMessageContaining("called from thread '" + here + "'")
                    .withMessageContaining("Use loop.addCallback(...)");
        }
        assertThat(loop.inLoop()).isFalse();
        awaitOnLoop(() -> assertThat(loop.inLoop()).isTrue());
        assertThat(loop.stats().failures()).isZero();
    }

    @Test
    void aLoopThatDoesNotRunBelongsToWhoUsesIt() {
        assertThat(loop.inLoop()).isTrue();
        Timeout timeout = loop.addTimeout(Duration.ofDays(1), () -> {});
        assertThat(loop.removeTimeout(timeout)).isTrue();
    }

    @Test
    void aLoopThatRunsIsNotStartedByAnotherThread() throws InterruptedException {
        startOnAThread();
        assertThatIllegalStateException()
                .isThrownBy(loop::start)
                .withMessageContaining("already running on thread 'nio-test-thread'");
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.runSync(LIMIT, () -> {}))
                .withMessageContaining("already running");
        assertThat(loop.running()).isTrue();
    }

    @Test
    void interruptsNeitherStopTheLoopNorMakeItSpin() throws InterruptedException {
        startOnAThread();
        long before = loop.stats().turns();
        for (int i = 0; i < 100; i++) {
            thread.interrupt();
            awaitOnLoop(() -> {});
        }
        // an interrupt that is left set would make the wait for this timer hundreds of thousands of turns
        var over = new CountDownLatch(1);
        loop.addCallback(() -> loop.addTimeout(Duration.ofMillis(100), over::countDown));
        assertThat(over.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(loop.stats().turns() - before).isLessThan(1000);
        assertThat(loop.running()).isTrue();
    }

    @Test
    void timersOfLessThanAMillisecondDoNotMakeItSpin() {
        int timers = 500;
        loop.runSync(LIMIT, () -> again(timers));
        assertThat(loop.stats().turns()).isLessThanOrEqualTo(timers + timers / 10 + 2);
    }

    private void again(int left) {
        if (left == 0) {
            loop.stop();
        } else {
            loop.addTimeout(Duration.ofNanos(300_000), () -> again(left - 1));
        }
    }

    @Test
    void aTimerRunsNotBeforeItsTime() {
        var ranAt = new long[1];
        long set = System.nanoTime();
        loop.addTimeout(Duration.ofNanos(3_500_000), () -> {
            ranAt[0] = System.nanoTime();
            loop.stop();
        });
        loop.start();
        assertThat(ranAt[0] - set).isGreaterThanOrEqualTo(3_500_000);
    }

    @Test
    void runSyncEndsByItsLimit() {
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.runSync(Duration.ofMillis(20), () -> {}))
                .withMessageContaining("'nio-test' was not stopped within PT0.02S");
    }

    @Test
    void aChannelOfTheSystemIsWatched() throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);
            var told = new AtomicInteger();
            loop.register(source, ready -> {
                        told.set(ready);
                        loop.stop();
                    })
                    .watch(Interest.READ);
            loop.runSync(LIMIT, () -> write(sink));
            assertThat(told).hasValue(Interest.READ);
        }
    }

    private static void write(Pipe.SinkChannel sink) {
        try {
            sink.write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCloseFromAnotherThreadRunsWhatWasAcceptedAndRejectsTheRest() throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            var other = new IOLoop(LoopOptions.named("closing"));
            var runner = new Thread(other::start);
            runner.start();
            var accepted = new AtomicInteger();
            var ran = new AtomicInteger();
            var producer = new Thread(() -> {
                try {
                    while (true) {
                        other.addCallback(ran::incrementAndGet);
                        accepted.incrementAndGet();
                    }
                } catch (RejectedExecutionException e) {
                    // which is how this is to end
                    return;
                }
            });
            producer.start();
            eventually("tasks run", () -> ran.get() > 100);
            other.close();
            producer.join(LIMIT.toMillis());
            runner.join(LIMIT.toMillis());
            assertThat(runner.isAlive()).isFalse();
            assertThat(ran.get()).as("round %d", round).isEqualTo(accepted.get());
        }
    }

    @Test
    void aSelectorThatBreaksEndsTheLoopItsStreamsAndItsThread() throws InterruptedException {
        var provider = new ScriptedSelectorProvider();
        IOLoop broken = provider.loop();
        var ended = new AtomicReference<CloseReason>();
        var died = new AtomicReference<Throwable>();
        broken.join(new LoopMember() {
            @Override
            public void deliver() {
                // has nothing
            }

            @Override
            public void flush() {
                // has nothing
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
            public void resume() {}

            @Override
            public Endpoint endpoint() {
                return new Endpoint("none");
            }

            @Override
            public void end(CloseReason reason) {
                ended.set(reason);
            }
        });
        provider.beforeSelect = () -> {
            throw new LinkageError("broken");
        };
        var runner = new Thread(broken::start);
        runner.setUncaughtExceptionHandler((unused, failure) -> died.set(failure));
        runner.start();
        runner.join(LIMIT.toMillis());
        assertThat(ended).hasValue(CloseReason.LOOP_DIED);
        assertThat(died.get()).isInstanceOf(LinkageError.class);
        assertThat(broken.running()).isFalse();
    }
}
