package dev.iostream.loop;

import static dev.iostream.Eventually.LIMIT;
import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NioLoopGroupTest {
    private final IOLoopGroup group = IOLoopGroup.of(3, "group-test-");

    @AfterEach
    void close() {
        group.close();
    }

    private static List<Thread> threadsOf(IOLoopGroup group) {
        var names = group.loops().stream().map(IOLoop::name).collect(Collectors.toSet());
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> names.contains(thread.getName()))
                .toList();
    }

    @Test
    void eachLoopRunsOnADaemonThreadThatHasItsName() {
        group.start();
        assertThat(group.loops())
                .extracting(IOLoop::name)
                .containsExactly("group-test-1", "group-test-2", "group-test-3");
        assertThat(group.loops()).allMatch(IOLoop::running);
        assertThat(threadsOf(group)).hasSize(3).allMatch(Thread::isDaemon);
    }

    @Test
    void loopsThatHaveEndedAreNotTakenAnyMore() {
        group.loops().get(1).close();
        List<IOLoop> taken = IntStream.range(0, 6).mapToObj(i -> group.next()).toList();
        assertThat(taken).containsOnly(group.loops().get(0), group.loops().get(2));
        group.close();
        assertThat(group.loops()).contains(group.next());
    }

    @Test
    void itsThreadsHaveNothingOfWhoStartsThemButTheClassLoader() throws Exception {
        var trace = new InheritableThreadLocal<String>();
        var seen = new CompletableFuture<List<Object>>();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (var own = new URLClassLoader(new URL[0])) {
            trace.set("of the test");
            Thread.currentThread().setContextClassLoader(own);
            group.start();
            group.next()
                    .addCallback(() -> seen.complete(
                            Arrays.asList(trace.get(), Thread.currentThread().getContextClassLoader())));
            assertThat(seen.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).containsExactly(null, own);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
            trace.remove();
        }
    }

    @Test
    void loopsAreGivenOutInTurn() {
        List<IOLoop> loops = group.loops();
        assertThat(IntStream.range(0, 7).mapToObj(i -> group.next()))
                .containsExactly(
                        loops.get(0),
                        loops.get(1),
                        loops.get(2),
                        loops.get(0),
                        loops.get(1),
                        loops.get(2),
                        loops.get(0));
    }

    @Test
    void loopsAreGivenOutEvenlyToSeveralThreads() throws InterruptedException {
        Map<IOLoop, Integer> given = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 3000; i++) {
                    given.merge(group.next(), 1, Integer::sum);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(given.values()).containsExactly(4000, 4000, 4000);
    }

    @Test
    void aGroupIsStartedOnce() {
        group.start();
        assertThatIllegalStateException().isThrownBy(group::start).withMessageContaining("started already");
        group.close();
        assertThatIllegalStateException().isThrownBy(group::start).withMessageContaining("closed");
    }

    @Test
    void aGroupNeedsALoop() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IOLoopGroup.of(0, "none"))
                .withMessageContaining("at least 1 loop, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(IOLoopGroup::of)
                .withMessageContaining("at least 1 loop, was 0");
    }

    @Test
    void closeWaitsForTheThreads() {
        group.start();
        List<Thread> threads = threadsOf(group);
        group.close();
        assertThat(threads).noneMatch(Thread::isAlive);
        assertThat(group.loops()).noneMatch(IOLoop::running);
        group.close();
    }

    @Test
    void closingAGroupThatWasNotStartedClosesItsLoops() {
        group.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> group.loops().get(0).start())
                .withMessageContaining("closed");
    }

    @Test
    void closeIsWaitedForInSpiteOfAnInterruptWhichIsPassedOn() {
        group.start();
        Thread.currentThread().interrupt();
        group.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(threadsOf(group)).isEmpty();
    }

    @Test
    void aLoopOfTheGroupMayCloseIt() {
        group.start();
        group.loops().get(1).addCallback(group::close);
        eventually("all loops end", () -> threadsOf(group).isEmpty());
    }

    @Test
    void aLoopMayCloseTheGroupWhileAnotherThreadDoes() throws InterruptedException {
        // not the one that is closed after each test: if this fails, that would wait for ever
        var own = IOLoopGroup.of(2, "closing-test-");
        own.start();
        var entered = new CountDownLatch(1);
        var closer = new Thread(own::close);
        own.loops().get(0).addCallback(() -> {
            entered.countDown();
            eventually("the other thread waits", () -> closer.getState() == Thread.State.TIMED_WAITING);
            own.close();
        });
        assertThat(entered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        closer.setDaemon(true);
        closer.start();
        closer.join(LIMIT.toMillis());
        assertThat(closer.isAlive()).isFalse();
        assertThat(threadsOf(own)).isEmpty();
    }

    @Test
    void aLoopMayStopTheGroupWhileAnotherThreadDoes() throws InterruptedException {
        var own = IOLoopGroup.of(2, "stopping-test-");
        own.start();
        var stopper = new Thread(own::stop);
        stopper.setDaemon(true);
        var entered = new CountDownLatch(1);
        var returned = new CountDownLatch(1);
        own.loops().get(0).addCallback(() -> {
            entered.countDown();
            eventually("the other thread waits", () -> stopper.getState() == Thread.State.TIMED_WAITING);
            own.stop();
            own.close();
            returned.countDown();
        });
        assertThat(entered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        stopper.start();
        // less than the patience of a stop, which would end a mutual wait as well
        assertThat(returned.await(5, TimeUnit.SECONDS)).isTrue();
        stopper.join(LIMIT.toMillis());
        assertThat(threadsOf(own)).isEmpty();
    }

    @Test
    void allLoopsMayCloseTheGroupAtOnce() {
        // not the one that is closed after each test: if this fails, that would wait for ever
        var own = IOLoopGroup.of(2, "closing-test-");
        own.start();
        var allIn = new CyclicBarrier(2);
        own.loops()
                .forEach(loop -> loop.addCallback(() -> {
                    meet(allIn);
                    own.close();
                }));
        eventually("all loops end", () -> threadsOf(own).isEmpty());
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
