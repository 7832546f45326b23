package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunSyncTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final IOLoop loop = new IOLoop();
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void runsUntilTheStop() {
        loop.runSync(LIMIT, () -> {
            events.add("first");
            loop.addCallback(() -> {
                events.add("second");
                loop.stop();
            });
        });
        assertThat(events).containsExactly("first", "second");
        assertThat(loop.running()).isFalse();
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void returnsWhatTheStageCompletesWith() {
        String result = loop.runSync(LIMIT, () -> {
            var stage = new CompletableFuture<String>();
            loop.addCallback(() -> stage.complete("done"));
            return stage;
        });
        assertThat(result).isEqualTo("done");
        assertThat(loop.<String>runSync(LIMIT, () -> CompletableFuture.completedFuture(null)))
                .isNull();
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void takesAResultOfAnotherThread() {
        int result = loop.runSync(LIMIT, () -> CompletableFuture.supplyAsync(() -> 42));
        assertThat(result).isEqualTo(42);
    }

    @Test
    void throwsWhatTheFirstCallThrows() {
        var failure = new IllegalArgumentException("on purpose");
        assertThatThrownBy(() -> loop.runSync(LIMIT, (Runnable) () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        var error = new AssertionError("on purpose");
        assertThatThrownBy(() -> loop.runSync(LIMIT, (Runnable) () -> {
                    throw error;
                }))
                .isSameAs(error);
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void throwsWhatTheStageFailsWith() {
        var unchecked = new IllegalArgumentException("on purpose");
        assertThatThrownBy(() -> loop.runSync(LIMIT, () -> CompletableFuture.failedFuture(unchecked)))
                .isSameAs(unchecked);
        var checked = new IOException("on purpose");
        assertThatThrownBy(() -> loop.runSync(LIMIT, () -> CompletableFuture.failedFuture(checked)))
                .isInstanceOf(CompletionException.class)
                .hasCause(checked);
        assertThatThrownBy(() -> loop.runSync(LIMIT, () -> (CompletableFuture<String>) null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void endsAtTheLimit() {
        var poller = new ManualPoller();
        IOLoop manual = poller.loop();
        assertThatIllegalStateException()
                .isThrownBy(() -> manual.runSync(Duration.ofSeconds(5), () -> {}))
                .withMessageContaining("not stopped within PT5S");
        assertThat(manual.clock()).isEqualTo(Duration.ofSeconds(5).toNanos());
        assertThatIllegalStateException()
                .isThrownBy(() -> manual.runSync(Duration.ofSeconds(5), () -> new CompletableFuture<String>()));
    }

    @Test
    void aResultThatComesTooLateStopsNothing() {
        IOLoop manual = new ManualPoller().loop();
        var late = new CompletableFuture<String>();
        assertThatIllegalStateException().isThrownBy(() -> manual.runSync(Duration.ofSeconds(5), () -> late));
        manual.runSync(LIMIT, () -> {
            late.complete("late");
            manual.addTimeout(Duration.ofSeconds(1), () -> {
                events.add("not stopped before");
                manual.stop();
            });
        });
        assertThat(events).containsExactly("not stopped before");
    }

    @Test
    void aStopBeforeTheResultIsAnError() {
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.runSync(LIMIT, () -> {
                    loop.stop();
                    return new CompletableFuture<String>();
                }))
                .withMessageContaining("stopped before there was a result");
    }

    @Test
    void aRunningOrClosedLoopIsRefusedAndNothingIsQueued() {
        loop.runSync(LIMIT, () -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> loop.runSync(LIMIT, () -> events.add("never")))
                    .withMessageContaining("already running");
            assertThat(loop.stats().tasks()).isZero();
            loop.stop();
        });
        loop.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.runSync(LIMIT, () -> events.add("never")))
                .withMessageContaining("closed");
        assertThat(events).isEmpty();
    }
}
