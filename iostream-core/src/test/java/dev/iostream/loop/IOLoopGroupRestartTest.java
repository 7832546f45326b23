package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a group does when it is stopped and started again. */
class IOLoopGroupRestartTest {
    private final IOLoopGroup group = IOLoopGroup.of(2, "restart-");

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void runsAgainAfterAStop() throws Exception {
        group.start();
        group.stop();
        assertThat(group.loops()).noneMatch(IOLoop::running);

        group.start();

        assertThat(group.loops()).allMatch(IOLoop::running);
        assertThat(threadOf(group.next())).startsWith("restart-");
    }

    @Test
    void keepsTasksThatAreQueuedWhileItIsStopped() throws Exception {
        group.start();
        group.stop();
        var name = new CompletableFuture<String>();
        group.next().addCallback(() -> name.complete(Thread.currentThread().getName()));
        assertThat(name).isNotDone();

        group.start();

        assertThat(name.get(10, TimeUnit.SECONDS)).startsWith("restart-");
    }

    @Test
    void aStopOfAGroupThatWasNotStartedChangesNothing() throws Exception {
        group.stop();
        group.start();

        assertThat(threadOf(group.next())).startsWith("restart-");
    }

    @Test
    void canBeClosedAfterAStop() {
        group.start();
        group.stop();
        group.close();

        assertThatIllegalStateException().isThrownBy(group::start).withMessage("The loop group is closed");
    }

    @Test
    void doesNotStartTwice() {
        group.start();

        assertThatIllegalStateException().isThrownBy(group::start).withMessage("The loop group is started already");
    }

    @Test
    void aCallbackThatBlocksDoesNotKeepTheStopForEver() throws Exception {
        var loop = new IOLoop();
        var thread = new LoopThread(loop, Duration.ofMillis(20));
        thread.start();
        var blocking = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        loop.addCallback(() -> {
            blocking.countDown();
            awaitQuietly(release);
        });
        blocking.await();

        thread.stop();

        assertThat(loop.running()).isTrue();
        release.countDown();
        thread.close();
    }

    @Test
    void aLoopWithoutADescriptorFailsTheStartAndNoLoopIsLost() throws Exception {
        var provider = new ScriptedSelectorProvider();
        try (var scripted = IOLoopGroup.of(provider.loop(), provider.loop())) {
            scripted.start();
            scripted.stop();
            provider.allowSelectors(1);

            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(scripted::start)
                    .withMessage("Could not start loop 'scripted', which needs a descriptor for its selector:"
                            + " Too many open files. Raise the process's limit of descriptors, or start again when some are"
                            + " free.");

            assertThat(scripted.loops()).noneMatch(IOLoop::running);
            assertThat(provider.selectors).as("selectors").noneMatch(Selector::isOpen);
            provider.allowSelectors(2);
            scripted.start();
            assertThat(threadOf(scripted.next())).isEqualTo("scripted");
        }
    }

    private static String threadOf(IOLoop loop) throws Exception {
        var name = new CompletableFuture<String>();
        loop.addCallback(() -> name.complete(Thread.currentThread().getName()));
        return name.get(10, TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
