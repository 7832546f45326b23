package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is odd about selectors, over selectors that are odd when told to. */
class NioPollerTest {
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ScriptedSelectorProvider provider = new ScriptedSelectorProvider();
    private long clock = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();
    private final NioPoller poller = provider.poller(() -> clock);
    private final List<String> events = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() throws IOException {
        poller.close();
        assertThat(Thread.interrupted()).as("interrupted").isFalse();
    }

    private void poll(long timeoutNanos) throws IOException {
        poller.nanoTime();
        poller.poll(timeoutNanos);
    }

    private void turn(long timeoutNanos) throws IOException {
        poll(timeoutNanos);
        poller.dispatch(reported::add);
    }

    private ScriptedChannel channel() throws IOException {
        ScriptedChannel channel = provider.openSocketChannel();
        channel.configureBlocking(false);
        return channel;
    }

    private ScriptedChannel watched(String name, int interest) throws IOException {
        ScriptedChannel channel = channel();
        poller.register(channel, ready -> events.add(name + " " + ready)).watch(interest);
        return channel;
    }

    // ---- readiness

    @Test
    void aHandlerIsToldOfWhatItWatchesAndOfNothingElse() throws IOException {
        ScriptedChannel reader = watched("reader", Interest.READ);
        watched("writer", Interest.WRITE);
        watched("nothing", Interest.NONE);
        turn(FOR_EVER);
        reader.gives("x");
        turn(FOR_EVER);
        assertThat(events)
                .containsExactly("writer " + Interest.WRITE, "reader " + Interest.READ, "writer " + Interest.WRITE);
    }

    @Test
    void aHandlerThatThrowsKeepsNoOtherFromBeingTold() throws IOException {
        var failure = new AssertionError("in the handler");
        poller.register(channel(), ready -> {
                    throw failure;
                })
                .watch(Interest.WRITE);
        watched("other", Interest.WRITE);
        turn(0);
        assertThat(reported).containsExactly(failure);
        assertThat(events).hasSize(1);
    }

    @Test
    void aChannelClosedByAnEarlierHandlerOfTheTurnIsNotTold() throws IOException {
        ScriptedChannel victim = channel();
        poller.register(channel(), ready -> victim.closeQuietly()).watch(Interest.WRITE);
        poller.register(victim, ready -> events.add("victim")).watch(Interest.WRITE);
        turn(0);
        assertThat(events).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void aCancelledRegistrationIsToldNothingMore() throws IOException {
        ScriptedChannel channel = channel();
        Registration registration = poller.register(channel, ready -> events.add("told"));
        registration.watch(Interest.WRITE);
        poll(0);
        registration.cancel();
        poller.dispatch(reported::add);
        registration.watch(Interest.WRITE);
        turn(0);
        assertThat(events).isEmpty();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aChannelThatAnotherThreadClosesDuringTheSelectIsPassedOver() throws IOException {
        ScriptedChannel victim = watched("victim", Interest.WRITE);
        ScriptedChannel other = watched("other", Interest.READ);
        other.gives("x");
        provider.beforeTelling = victim::closeQuietly;
        turn(FOR_EVER);
        assertThat(events).containsExactly("other " + Interest.READ);
    }

    @Test
    void manyReadyChannelsAreAllTold() throws IOException {
        for (int i = 0; i < 1000; i++) {
            watched("channel", Interest.WRITE);
        }
        turn(0);
        assertThat(events).hasSize(1000);
    }

    // ---- selects that return for no reason

    @Test
    void aSelectorThatKeepsReturningForNoReasonIsReplacedOnce() throws IOException {
        provider.returnEarly(NioPoller.PREMATURE_LIMIT + 100);
        for (int i = 0; i < NioPoller.PREMATURE_LIMIT - 1; i++) {
            turn(FOR_EVER);
        }
        assertThat(provider.selectors).hasSize(1);
        for (int i = 0; i < 101; i++) {
            turn(FOR_EVER);
        }
        assertThat(provider.selectors).hasSize(2);
        assertThat(provider.selectors.get(0).isOpen()).isFalse();
    }

    @Test
    void theReplacementWatchesTheSameChannelsForTheSame() throws IOException {
        ScriptedChannel reader = watched("reader", Interest.READ);
        ScriptedChannel both = watched("both", Interest.READ | Interest.WRITE);
        both.takes(0);
        ScriptedChannel none = watched("none", Interest.NONE);
        ScriptedChannel closed = watched("closed", Interest.READ);
        closed.close();
        replaceTheSelector();
        assertThat(events).isEmpty();
        reader.gives("x");
        none.gives("x");
        both.takes(1);
        turn(FOR_EVER);
        assertThat(events).containsExactlyInAnyOrder("reader " + Interest.READ, "both " + Interest.WRITE);
        assertThat(provider.selectors.get(1).keys()).hasSize(3);
        assertThat(provider.descriptors()).isEqualTo(3);
    }

    @Test
    void aRegistrationIsUsedAsBeforeAfterTheReplacement() throws IOException {
        ScriptedChannel channel = channel();
        Registration registration = poller.register(channel, ready -> events.add("told " + ready));
        replaceTheSelector();
        registration.watch(Interest.WRITE);
        turn(FOR_EVER);
        registration.cancel();
        turn(0);
        assertThat(events).containsExactly("told " + Interest.WRITE);
        assertThat(provider.selectors.get(1).keys()).isEmpty();
    }

    @Test
    void theReplacementCanBeWokenUp() throws IOException {
        replaceTheSelector();
        poller.wakeup();
        turn(FOR_EVER);
        assertThat(provider.selectors).hasSize(2);
    }

    private void replaceTheSelector() throws IOException {
        provider.returnEarly(NioPoller.PREMATURE_LIMIT);
        for (int i = 0; i < NioPoller.PREMATURE_LIMIT; i++) {
            turn(FOR_EVER);
        }
        assertThat(provider.selectors).hasSize(2);
    }

    @Test
    void aSelectorIsReplacedOnceASecondAtMost() throws IOException {
        ScriptedChannel reader = watched("reader", Interest.READ);
        spin(10_000);
        assertThat(poller.replacements()).isEqualTo(1);
        clock += NioPoller.REPLACEMENT_PAUSE - 1;
        spin(10_000);
        assertThat(poller.replacements()).isEqualTo(1);
        clock += 1;
        spin(1);
        assertThat(poller.replacements()).isEqualTo(2);
        reader.gives("x");
        turn(FOR_EVER);
        assertThat(events).containsExactly("reader " + Interest.READ);
        assertThat(provider.descriptors()).isEqualTo(1);
    }

    private void spin(int times) throws IOException {
        provider.returnEarly(times);
        for (int i = 0; i < times; i++) {
            turn(FOR_EVER);
        }
    }

    @Test
    void aChannelThatSpinsWhateverTheSelectorIsClosedAndItsHandlerTold() throws IOException {
        ScriptedChannel reader = watched("reader", Interest.READ);
        ScriptedChannel spinning = watched("spinning", Interest.READ);
        ScriptedChannel writer = watched("writer", Interest.WRITE);
        writer.takes(0);
        ScriptedChannel idle = watched("idle", Interest.NONE);
        spinning.spins(true);
        for (int i = 1; i < NioPoller.OFTEN; i++) {
            turns(NioPoller.PREMATURE_LIMIT);
            assertThat(poller.replacements()).isEqualTo(i);
            assertThat(spinning.isOpen()).isTrue();
            clock += NioPoller.OFTEN_WITHIN / (NioPoller.OFTEN - 1);
        }
        turns(NioPoller.PREMATURE_LIMIT);

        assertThat(poller.replacements()).isEqualTo(NioPoller.OFTEN);
        assertThat(spinning.isOpen()).isFalse();
        assertThat(events).singleElement().asString().startsWith("spinning ");
        assertThat(List.of(reader.isOpen(), writer.isOpen(), idle.isOpen())).containsOnly(true);
        reader.gives("x");
        turn(FOR_EVER);
        assertThat(events).hasSize(2).last().isEqualTo("reader " + Interest.READ);
        assertThat(provider.descriptors()).as("of the three that are left").isEqualTo(3);
        assertThat(reported).isEmpty();
    }

    private void turns(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            turn(FOR_EVER);
        }
    }

    @Test
    void severalThatSpinAreFoundAmongManyAndThoseThatAreReadyAreNotTakenForThem() throws IOException {
        var spinning = new ArrayList<ScriptedChannel>();
        for (int i = 0; i < 50; i++) {
            ScriptedChannel channel = watched("channel", Interest.READ);
            if (i % 20 == 7) {
                channel.spins(true);
                spinning.add(channel);
            }
        }
        for (int i = 0; i < NioPoller.OFTEN; i++) {
            turns(NioPoller.PREMATURE_LIMIT);
            clock += NioPoller.REPLACEMENT_PAUSE;
        }
        assertThat(spinning).noneMatch(ScriptedChannel::isOpen);
        assertThat(events).hasSize(spinning.size());
        assertThat(provider.descriptors()).isEqualTo(50);
        poll(0);
        assertThat(provider.descriptors()).isEqualTo(50 - spinning.size());
    }

    @Test
    void replacementsLongAgoAreNotHeldAgainstAnybody() throws IOException {
        ScriptedChannel spinning = watched("spinning", Interest.READ);
        spinning.spins(true);
        for (int i = 0; i < 2 * NioPoller.OFTEN; i++) {
            turns(NioPoller.PREMATURE_LIMIT);
            clock += NioPoller.OFTEN_WITHIN / (NioPoller.OFTEN - 1) + 1;
        }
        assertThat(poller.replacements()).isEqualTo(2 * NioPoller.OFTEN);
        assertThat(spinning.isOpen()).isTrue();
    }

    @Test
    void aStreamWhoseChannelWasClosedForSpinningCloses() throws IOException {
        ScriptedChannel spinning = provider.openSocketChannel();
        IOLoop loop = new IOLoop(LoopOptions.named("spinning")
                // no select takes any time in the search, however busy the machine is
                .poller(() -> provider.poller(() -> clock += NioPoller.REPLACEMENT_PAUSE, () -> 0)));
        var stream = new IOStream(spinning, loop);
        stream.setCloseCallback(loop::stop);
        spinning.spins(true);
        loop.runSync(LIMIT, () -> {});
        assertThat(stream.closed()).isTrue();
        assertThat(loop.stats().replacements()).isEqualTo(NioPoller.OFTEN);
        assertThat(loop.stats().streams()).isZero();
        loop.close();
    }

    @Test
    void aSelectThatHadAReasonStartsTheCountAnew() throws IOException {
        ScriptedChannel channel = watched("channel", Interest.READ);
        for (int round = 0; round < 3; round++) {
            provider.returnEarly(NioPoller.PREMATURE_LIMIT - 1);
            for (int i = 0; i < NioPoller.PREMATURE_LIMIT - 1; i++) {
                turn(FOR_EVER);
            }
            channel.gives("x");
            turn(FOR_EVER);
            channel.read(java.nio.ByteBuffer.allocate(1));
        }
        assertThat(provider.selectors).hasSize(1);
        assertThat(events).hasSize(3);
    }

    @Test
    void waitsThatEndInTimeAndWakeUpsAreReasons() throws IOException {
        for (int i = 0; i < NioPoller.PREMATURE_LIMIT + 1; i++) {
            turn(1);
            poller.wakeup();
            turn(FOR_EVER);
        }
        assertThat(provider.selectors).hasSize(1);
    }

    // ---- interrupts

    @Test
    void anInterruptIsClearedAndTheNextSelectWaits() throws IOException {
        Thread.currentThread().interrupt();
        turn(FOR_EVER);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        turn(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(provider.selects).hasSize(2);
    }

    @Test
    void interruptsAreNoReasonToReplaceTheSelector() throws IOException {
        for (int i = 0; i < 2 * NioPoller.PREMATURE_LIMIT; i++) {
            Thread.currentThread().interrupt();
            turn(FOR_EVER);
        }
        assertThat(provider.selectors).hasSize(1);
    }

    @Test
    void anInterruptThatComesWithReadinessOrAWakeUpIsClearedSoonAfter() throws IOException {
        ScriptedChannel channel = watched("channel", Interest.READ);
        channel.gives("x");
        Thread.currentThread().interrupt();
        turn(FOR_EVER);
        channel.read(java.nio.ByteBuffer.allocate(1));
        turn(FOR_EVER);
        poller.wakeup();
        Thread.currentThread().interrupt();
        turn(FOR_EVER);
        turn(FOR_EVER);
        assertThat(provider.selects).hasSize(4);
    }

    // ---- wake-ups

    @Test
    void aWakeUpBeforeThePollEndsIt() throws IOException {
        poller.wakeup();
        poll(FOR_EVER);
        assertThat(provider.selects).hasSize(1);
    }

    @Test
    void aWakeUpEndsOnePollAndNotTheOneAfter() throws IOException {
        poller.wakeup();
        poll(FOR_EVER);
        provider.beforeSelect = poller::wakeup;
        poll(FOR_EVER);
        assertThat(provider.wakeups).hasValue(2);
    }

    @Test
    void manyWakeUpsBeforeAPollAreOne() throws IOException {
        for (int i = 0; i < 1000; i++) {
            poller.wakeup();
        }
        assertThat(provider.wakeups).hasValue(1);
        poll(0);
        poller.wakeup();
        assertThat(provider.wakeups).hasValue(2);
    }

    @Test
    void aTaskAddedBetweenTheLookForWorkAndTheSelectIsRun() throws IOException {
        IOLoop loop = provider.loop();
        provider.beforeSelect = () -> {
            var other = new Thread(() -> loop.addCallback(loop::stop));
            other.start();
            join(other);
        };
        loop.start();
        assertThat(provider.selects).hasSize(1);
        assertThat(loop.stats().turns()).isEqualTo(2);
        loop.close();
    }

    @Test
    void aStopBetweenTheLookForWorkAndTheSelectIsSeen() {
        IOLoop loop = provider.loop();
        provider.beforeSelect = () -> {
            var other = new Thread(loop::stop);
            other.start();
            join(other);
        };
        loop.start();
        assertThat(provider.selects).hasSize(1);
        loop.close();
    }

    @Test
    void aHundredThousandTasksOfFourThreadsTakeFewWakeUps() {
        int threads = 4;
        int each = 25_000;
        IOLoop loop = provider.loop();
        var ran = new int[1];
        loop.runSync(LIMIT, () -> {
            // the loop is busy meanwhile, as it is when tasks come faster than it runs them
            var added = new CountDownLatch(threads);
            for (int t = 0; t < threads; t++) {
                new Thread(() -> {
                            for (int i = 0; i < each; i++) {
                                loop.addCallback(() -> ran[0]++);
                            }
                            added.countDown();
                        })
                        .start();
            }
            await(added);
            loop.addCallback(loop::stop);
        });
        assertThat(ran[0]).isEqualTo(threads * each);
        assertThat(provider.wakeups.get()).isLessThanOrEqualTo(5);
        loop.close();
    }

    @Test
    void thereIsAtMostOneWakeUpForEachTurnAndNoTaskIsLost() {
        int threads = 4;
        int each = 25_000;
        IOLoop loop = provider.loop();
        var ran = new int[1];
        loop.runSync(LIMIT, () -> {
            for (int t = 0; t < threads; t++) {
                new Thread(() -> {
                            for (int i = 0; i < each; i++) {
                                loop.addCallback(() -> {
                                    if (++ran[0] == threads * each) {
                                        loop.stop();
                                    }
                                });
                            }
                        })
                        .start();
            }
        });
        assertThat(ran[0]).isEqualTo(threads * each);
        assertThat((long) provider.wakeups.get())
                .isLessThanOrEqualTo(loop.stats().turns() + 1);
        loop.close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- how long a select waits

    @ParameterizedTest
    @ValueSource(longs = {1, 300_000, 999_999, 1_000_000, 1_000_001, 2_500_000})
    void aShortTimeoutIsRoundedUpAndNeverToNothing(long nanos) throws IOException {
        poll(nanos);
        assertThat(provider.selects)
                .singleElement()
                .satisfies(millis -> assertThat(millis * 1_000_000)
                        .isGreaterThanOrEqualTo(nanos)
                        .isPositive());
    }

    @Test
    void aTimeoutOfNothingDoesNotWaitAndOneOfForeverHasNoLimit() throws IOException {
        poll(0);
        poll(-1);
        assertThat(provider.selectsNow).hasValue(2);
        assertThat(provider.selects).isEmpty();
        poller.wakeup();
        poll(FOR_EVER);
        assertThat(provider.selects).containsExactly(0L);
    }

    @Test
    void theLongestTimeoutIsOneThatSelectorsTake() throws IOException {
        poller.wakeup();
        poll(TimerQueue.LONGEST);
        assertThat(provider.selects)
                .singleElement()
                .satisfies(millis -> assertThat(millis).isPositive());
    }

    @Test
    void aTimerOfLessThanAMillisecondDoesNotSpin() {
        IOLoop loop = provider.loop();
        loop.addTimeout(Duration.ofNanos(300_000), loop::stop);
        loop.start();
        // none when it is due before the first poll
        assertThat(provider.selects).hasSizeLessThanOrEqualTo(1);
        assertThat(loop.stats().turns()).isLessThanOrEqualTo(2);
        loop.close();
    }

    @Test
    void manyShortTimersTakeNoMoreSelectsThanThereAreTimers() {
        int timers = 200;
        IOLoop loop = provider.loop();
        loop.runSync(LIMIT, () -> again(loop, timers));
        assertThat(provider.selects.size()).isLessThanOrEqualTo(timers + 1);
        assertThat(provider.selects).doesNotContain(0L);
        loop.close();
    }

    private static void again(IOLoop loop, int left) {
        if (left == 0) {
            loop.stop();
        } else {
            loop.addTimeout(Duration.ofNanos(300_000), () -> again(loop, left - 1));
        }
    }

    // ---- rest

    @Test
    void whileNothingIsRegisteredARestTakesNoSelector() throws IOException {
        ScriptedChannel channel = watched("gone", Interest.READ);
        channel.close();

        poller.rest();

        assertThat(provider.selectors).noneMatch(Selector::isOpen);
        watched("writer", Interest.WRITE);
        turn(FOR_EVER);
        assertThat(events).containsExactly("writer " + Interest.WRITE);
    }

    @Test
    void whatIsRegisteredStaysSoDuringARest() throws IOException {
        watched("writer", Interest.WRITE);

        poller.rest();
        turn(FOR_EVER);

        assertThat(provider.selectors).hasSize(1);
        assertThat(events).containsExactly("writer " + Interest.WRITE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWakeUpBeforeOrDuringARestEndsTheNextSelect(boolean before) throws IOException {
        if (before) {
            poller.wakeup();
        }
        poller.rest();
        if (!before) {
            poller.wakeup();
        }

        poll(FOR_EVER);

        assertThat(provider.selectors).hasSize(2);
    }

    // ---- closing

    @Test
    void closingLetsGoOfEveryDescriptor() throws IOException {
        ScriptedChannel closed = watched("closed", Interest.READ);
        closed.close();
        assertThat(provider.descriptors()).as("until the selector has let go").isEqualTo(1);
        poller.close();
        assertThat(provider.descriptors()).isZero();
        poller.wakeup();
    }

    // ---- selects that fail

    @Test
    void aSelectThatFailsLeavesNoWakeUpLost() throws IOException {
        ScriptedChannel reader = watched("reader", Interest.READ);
        reader.gives("x");
        provider.beforeTelling = () -> {
            throw new OutOfMemoryError("on purpose");
        };
        poller.wakeup();
        assertThatThrownBy(() -> poll(FOR_EVER)).isInstanceOf(OutOfMemoryError.class);
        int before = provider.wakeups.get();
        poller.wakeup();
        assertThat(provider.wakeups).hasValue(before + 1);
    }

    @Test
    void aSelectorThatBreaksIsReportedAndReplaced() throws IOException {
        ScriptedChannel reader = watched("reader", Interest.READ);
        provider.beforeSelect = () -> sneak(new IOException("Bad file descriptor"));
        assertThatThrownBy(() -> poll(FOR_EVER)).isInstanceOf(IOException.class).hasMessage("Bad file descriptor");
        provider.beforeSelect = () -> {};
        assertThat(provider.selectors).hasSize(2);
        assertThat(provider.selectors.get(0).isOpen()).isFalse();
        assertThat(poller.replacements()).isEqualTo(1);
        reader.gives("x");
        turn(FOR_EVER);
        assertThat(events).containsExactly("reader " + Interest.READ);
    }

    @Test
    void aSelectorThatBreaksAgainAtOnceIsNotReplacedAgain() {
        provider.beforeSelect = () -> sneak(new IOException("Bad file descriptor"));
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> poll(FOR_EVER)).hasMessage("Bad file descriptor");
        }
        assertThat(provider.selectors).hasSize(2);
        clock += NioPoller.REPLACEMENT_PAUSE;
        assertThatThrownBy(() -> poll(FOR_EVER)).hasMessage("Bad file descriptor");
        assertThat(provider.selectors).hasSize(3);
    }

    @Test
    void aBrokenSelectorThatCannotBeReplacedIsReportedAllTheSame() {
        provider.beforeSelect = () -> sneak(new IOException("Bad file descriptor"));
        provider.allowSelectors(0);
        assertThatThrownBy(() -> poll(FOR_EVER)).hasMessage("Bad file descriptor");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable checked) throws E {
        throw (E) checked;
    }
}
