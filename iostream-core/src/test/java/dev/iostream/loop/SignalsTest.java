package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With real signals to this process, which ignores them while no loop handles them. */
class SignalsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SIGNAL = "WINCH";

    private final IOLoop loop = new IOLoop();
    private final List<String> events = new ArrayList<>();
    private final CountDownLatch[] formerCalled = {new CountDownLatch(1)};
    private Object beforeTheTest;

    @BeforeEach
    void handleTheSignalHere() {
        beforeTheTest = Signals.Jvm.handle(SIGNAL, Signals.Jvm.handler(() -> formerCalled[0].countDown()));
    }

    @AfterEach
    void restore() {
        loop.close();
        Signals.Jvm.handle(SIGNAL, beforeTheTest);
    }

    private static void raise() {
        try {
            Class<?> type = Signals.Jvm.type("sun.misc.Signal");
            type.getMethod("raise", type)
                    .invoke(null, type.getConstructor(String.class).newInstance(SIGNAL));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void handle(String event) {
        loop.addSignalHandler(SIGNAL, () -> {
            assertThat(loop.running() && loop.inLoop()).isTrue();
            events.add(event);
            loop.stop();
        });
    }

    private void raiseAndRun() {
        loop.runSync(LIMIT, SignalsTest::raise);
    }

    private void theFormerHandlerIsBack() throws InterruptedException {
        formerCalled[0] = new CountDownLatch(1);
        raise();
        assertThat(formerCalled[0].await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSignalRunsItsHandlerOnTheLoop() {
        handle("signal");
        raiseAndRun();
        raiseAndRun();
        assertThat(events).containsExactly("signal", "signal");
        assertThat(formerCalled[0].getCount())
                .as("the former handler is not called")
                .isEqualTo(1);
    }

    @Test
    void aSignalOfAnotherProcessArrives() throws IOException, InterruptedException {
        handle("signal");
        Process kill = new ProcessBuilder(
                        "kill",
                        "-" + SIGNAL,
                        Long.toString(ProcessHandle.current().pid()))
                .start();
        loop.runSync(LIMIT, () -> {});
        assertThat(kill.waitFor()).isZero();
        assertThat(events).containsExactly("signal");
    }

    @Test
    void aLaterHandlerReplacesTheFormer() {
        handle("former");
        loop.addSignalHandler(
                "SIG" + SIGNAL,
                event -> {
                    events.add(event);
                    loop.stop();
                },
                "later");
        raiseAndRun();
        assertThat(events).containsExactly("later");
    }

    @Test
    void removingRestoresWhatWasThereBefore() throws InterruptedException {
        handle("former");
        handle("later");
        loop.removeSignalHandler(SIGNAL);
        theFormerHandlerIsBack();
        loop.removeSignalHandler(SIGNAL);
        theFormerHandlerIsBack();
        assertThat(events).isEmpty();
    }

    @Test
    void closingTheLoopRestoresWhatWasThereBefore() throws InterruptedException {
        handle("signal");
        loop.close();
        theFormerHandlerIsBack();
        assertThatThrownBy(() -> handle("too late")).isInstanceOf(RejectedExecutionException.class);
        theFormerHandlerIsBack();
    }

    @Test
    void whoTookTheSignalMeanwhileKeepsIt() throws InterruptedException {
        handle("signal");
        var called = new CountDownLatch(1);
        Signals.Jvm.handle(SIGNAL, Signals.Jvm.handler(called::countDown));
        loop.removeSignalHandler(SIGNAL);
        raise();
        assertThat(called.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSignalHasOneLoop() {
        handle("signal");
        try (var other = new IOLoop(LoopOptions.named("other"))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> other.addSignalHandler(SIGNAL, () -> events.add("other")))
                    .withMessageContaining(loop.name())
                    .withMessageContaining("other");
            other.removeSignalHandler(SIGNAL);
        }
        raiseAndRun();
        assertThat(events).containsExactly("signal");
    }

    @Test
    void aHandlerThatThrowsIsReportedAndStays() {
        List<Throwable> reported = new ArrayList<>();
        loop.setExceptionHandler(reported::add);
        var failure = new IllegalStateException("on purpose");
        loop.addSignalHandler(SIGNAL, () -> {
            loop.stop();
            throw failure;
        });
        raiseAndRun();
        raiseAndRun();
        assertThat(reported).containsExactly(failure, failure);
    }

    @Test
    void signalsThatCannotBeHandledAreRefusedWithTheReason() {
        for (String kept : List.of("KILL", "STOP", "SEGV", "QUIT")) {
            assertThatIllegalArgumentException()
                    .as(kept)
                    .isThrownBy(() -> loop.addSignalHandler(kept, () -> {}))
                    .withMessageContaining("Signal '" + kept + "' cannot be handled: ")
                    .withMessageContaining("HUP");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.addSignalHandler("NONSENSE", () -> {}))
                .withMessageContaining("Unknown signal");
        loop.removeSignalHandler("NONSENSE");
    }

    @Test
    void aJvmWithoutSignalsIsToldHowToHaveThem() {
        assertThatThrownBy(() -> Signals.Jvm.type("sun.misc.NoSuchSignal"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("--add-modules jdk.unsupported");
    }
}
