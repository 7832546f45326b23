package dev.iostream.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Look-ups run on threads of their own here, but are injected; the loop's time is virtual. No name server is asked. */
class SystemResolverTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final InetAddress ONE = address(1);
    private static final InetAddress TWO = address(2);

    private final Simulation simulation = new Simulation(Link.perfect());
    private final IOLoop loop = simulation.loop();
    private final ThreadPoolExecutor pool = SystemResolver.pool();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final List<String> events = new ArrayList<>();
    private final List<IOException> failures = new ArrayList<>();

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void endLookups() {
        answer.countDown();
        pool.shutdownNow();
        assertThat(loop.stats().timers()).as("timers left").isZero();
        assertThat(loop.stats().failures()).as("callbacks that threw").isZero();
    }

    private SystemResolver resolver(SystemResolver.Lookup lookup) {
        return new SystemResolver(
                name -> {
                    asked.add(name);
                    threads.add(Thread.currentThread().getName());
                    return lookup.addresses(name);
                },
                pool);
    }

    /** A name server that is silent until the test lets it answer. */
    private SystemResolver stuck() {
        return resolver(name -> {
            awaitAnswer();
            return new InetAddress[] {ONE};
        });
    }

    private void awaitAnswer() {
        try {
            if (!answer.await(1, TimeUnit.MINUTES)) {
                throw new AssertionError("the test did not let the look-up answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Consumer<List<InetAddress>> resolve(Resolver resolver, String host) {
        Consumer<List<InetAddress>> resolved = addresses -> event(host + " is " + addresses);
        resolver.resolve(host, LIMIT, loop, resolved, failure -> {
            failures.add(failure);
            event(host + " failed");
        });
        return resolved;
    }

    private void event(String event) {
        assertThat(loop.running() && loop.inLoop()).as("on the loop's thread").isTrue();
        events.add(event);
    }

    private DialException failure() {
        assertThat(failures).hasSize(1);
        return (DialException) failures.get(0);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("never happened: " + what);
            }
            Thread.onSpinWait();
        }
    }

    private void runWhenAnswered(int answers) {
        await(answers + " answers", () -> loop.stats().tasks() >= answers);
        simulation.run();
    }

    @Test
    void givesTheAddressesInTheirOrderOnTheLoop() {
        resolve(resolver(name -> new InetAddress[] {TWO, ONE}), "db.internal");
        assertThat(events).as("before the loop has run").isEmpty();
        runWhenAnswered(1);
        assertThat(events).containsExactly("db.internal is [" + TWO + ", " + ONE + "]");
        assertThat(threads).allMatch(name -> name.matches("iostream-dns-\\d+"));
        assertThat(loop.nanoTime()).isZero();
    }

    @Test
    void tellsAnUnknownHost() {
        resolve(
                resolver(name -> {
                    throw new UnknownHostException(name + ": Name or service not known");
                }),
                "db.internal");
        runWhenAnswered(1);
        assertThat(failure()).hasMessageStartingWith("Could not resolve db.internal: Name or service not known;");
        assertThat(failure().errno()).isEqualTo(-2);
        assertThat(failure().reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(failure()).hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void tellsATemporaryFailure() {
        resolve(
                resolver(name -> {
                    throw new UnknownHostException(name + ": Temporary failure in name resolution");
                }),
                "db.internal");
        runWhenAnswered(1);
        assertThat(failure().errno()).isEqualTo(-3);
    }

    @Test
    void tellsALookupThatBreaksOrFindsNothing() {
        Resolver resolver = resolver(name -> {
            if (name.equals("empty")) {
                return new InetAddress[0];
            }
            throw new AssertionError("broken");
        });
        resolve(resolver, "broken");
        runWhenAnswered(1);
        resolve(resolver, "empty");
        runWhenAnswered(1);
        assertThat(events).containsExactly("broken failed", "empty failed");
        assertThat(failures).extracting(each -> ((DialException) each).errno()).containsExactly(-3, -2);
    }

    @Test
    void neverAsksForWhatIsNoName() {
        Resolver resolver = resolver(name -> new InetAddress[] {ONE});
        for (String host : List.of("", " ", "127.1", "a\0b", "a b", "::1", "x".repeat(64), "a\r\nb")) {
            resolve(resolver, host);
        }
        assertThat(events).as("inside the call").isEmpty();
        simulation.run();
        assertThat(events).hasSize(8).allMatch(event -> event.endsWith(" failed"));
        assertThat(failures).extracting(each -> ((DialException) each).errno()).containsOnly(-2);
        assertThat(failures).noneMatch(each -> each.getMessage().matches("(?s).*[\\x00\\r\\n].*"));
        assertThat(asked).isEmpty();
    }

    @Test
    void looksOneNameUpOnceForAllWhoWait() {
        Resolver resolver = stuck();
        for (int i = 0; i < 1000; i++) {
            resolve(resolver, i % 2 == 0 ? "db.internal" : "DB.Internal");
        }
        answer.countDown();
        runWhenAnswered(1000);
        assertThat(asked).containsExactly("db.internal");
        assertThat(events).hasSize(1000).allMatch(event -> event.endsWith("is [" + ONE + "]"));
    }

    @Test
    void asksAgainOnceAnswered() {
        Resolver resolver = resolver(name -> new InetAddress[] {ONE});
        resolve(resolver, "db.internal");
        runWhenAnswered(1);
        resolve(resolver, "db.internal");
        runWhenAnswered(1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void failsAtTheDeadlineAndIgnoresALateAnswer() {
        resolve(stuck(), "db.internal");
        simulation.run(Duration.ofMillis(29_999));
        assertThat(events).isEmpty();
        simulation.run(Duration.ofMillis(1));
        assertThat(events).containsExactly("db.internal failed");
        assertThat(failure()).hasMessageContainingAll("db.internal", "30s", "dns_timeout");
        assertThat(failure().errno()).isEqualTo(110);
        assertThat(failure().reason()).isEqualTo(CloseReason.DNS_DEADLINE);

        answer.countDown();
        await("the look-up's end", () -> pool.getCompletedTaskCount() == 1);
        simulation.run();
        assertThat(events).hasSize(1);
    }

    @Test
    void aLookupThatIsStuckIsJoinedAndNotRepeated() {
        Resolver resolver = stuck();
        for (int i = 0; i < 20; i++) {
            resolve(resolver, "db.internal");
            simulation.run();
        }
        assertThat(events).hasSize(20).containsOnly("db.internal failed");
        await("the look-up's start", () -> !asked.isEmpty());
        resolve(resolver, "db.internal");
        answer.countDown();
        runWhenAnswered(1);
        assertThat(asked).hasSize(1);
        assertThat(events).last().isEqualTo("db.internal is [" + ONE + "]");
    }

    @Test
    void tenThousandLookupsOfASilentServerTakeFourThreads() {
        Resolver resolver = stuck();
        for (int i = 0; i < 10_000; i++) {
            resolve(resolver, "host" + i);
        }
        simulation.run(Duration.ofMillis(1));
        assertThat(pool.getPoolSize()).isEqualTo(SystemResolver.THREADS);
        int accepted = SystemResolver.THREADS + SystemResolver.QUEUE;
        assertThat(errnos()).as("refused at once").containsExactlyEntriesOf(Map.of(-3, 10_000 - accepted));
        assertThat(failures.get(0)).hasMessageContainingAll("4 look-ups", "256 wait", "name server");

        simulation.run();
        assertThat(errnos()).containsExactlyInAnyOrderEntriesOf(Map.of(-3, 10_000 - accepted, 110, accepted));
        assertThat(pool.getQueue()).as("look-ups that nobody waits for").isEmpty();
        assertThat(pool.getPoolSize()).isEqualTo(SystemResolver.THREADS);
        assertThat(pool.getLargestPoolSize()).isEqualTo(SystemResolver.THREADS);

        resolve(resolver, "one.more");
        simulation.run();
        assertThat(errnos()).containsEntry(110, accepted + 1);
        assertThat(pool.getPoolSize()).isEqualTo(SystemResolver.THREADS);
    }

    private Map<Integer, Integer> errnos() {
        Map<Integer, Integer> counts = new HashMap<>();
        failures.forEach(failure -> counts.merge(((DialException) failure).errno(), 1, Integer::sum));
        return counts;
    }

    @Test
    void recoversWhenTheServerAnswersAgain() {
        Resolver resolver = stuck();
        for (int i = 0; i < 300; i++) {
            resolve(resolver, "host" + i);
        }
        answer.countDown();
        await("the look-ups' end", () -> pool.getCompletedTaskCount() == 260);
        simulation.run();
        assertThat(events).hasSize(300);
        resolve(resolver, "host299");
        runWhenAnswered(1);
        assertThat(events).last().isEqualTo("host299 is [" + ONE + "]");
    }

    @Test
    void cancellingLeavesNothingBehind() {
        Resolver resolver = stuck();
        Consumer<List<InetAddress>> first = resolve(resolver, "first");
        for (int i = 0; i < 3; i++) {
            resolver.cancel(resolve(resolver, "running" + i));
        }
        Consumer<List<InetAddress>> queued = resolve(resolver, "queued");
        resolver.cancel(queued);
        assertThat(pool.getQueue()).isEmpty();
        resolver.cancel(first);
        resolver.cancel(first);
        assertThat(loop.stats().timers()).isZero();

        answer.countDown();
        await("the look-ups' end", () -> pool.getCompletedTaskCount() == 4);
        simulation.run();
        assertThat(events).isEmpty();
        assertThat(asked).doesNotContain("queued");
    }

    @Test
    void threadsEndWhenIdle() {
        pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        resolve(resolver(name -> new InetAddress[] {ONE}), "db.internal");
        runWhenAnswered(1);
        await("the threads' end", () -> pool.getPoolSize() == 0);
        assertThat(events).hasSize(1);
    }

    @Test
    void aClosedLoopIsToldNothing() {
        resolve(stuck(), "db.internal");
        loop.close();
        answer.countDown();
        await("the look-up's end", () -> pool.getCompletedTaskCount() == 1);
        assertThat(events).isEmpty();
    }

    @Test
    void mistakesThrowAtOnce() {
        Resolver resolver = resolver(name -> new InetAddress[] {ONE});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver.resolve("a", Duration.ZERO, loop, list -> {}, failure -> {}));
        try (var other = new IOLoop()) {
            var started = new CountDownLatch(1);
            var thread = new Thread(() -> {
                other.addCallback(started::countDown);
                other.start();
            });
            thread.start();
            await("the loop's start", () -> started.getCount() == 0);
            assertThatIllegalStateException()
                    .isThrownBy(() -> resolver.resolve("a", LIMIT, other, list -> {}, failure -> {}))
                    .withMessageContaining("Resolver.resolve");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void overridingAnswersForItsOwnNamesOnly() {
        Resolver others = resolver(name -> new InetAddress[] {TWO});
        Resolver resolver = Resolver.overriding(Map.of("DB.internal", List.of(ONE, TWO), "gone", List.of()), others);
        resolve(resolver, "db.INTERNAL.");
        resolve(resolver, "gone");
        assertThat(events).as("inside the call").isEmpty();
        simulation.run();
        assertThat(events).containsExactly("db.INTERNAL. is [" + ONE + ", " + TWO + "]", "gone failed");
        assertThat(failure().errno()).isEqualTo(-2);
        resolve(resolver, "else.where");
        runWhenAnswered(1);
        assertThat(events).last().isEqualTo("else.where is [" + TWO + "]");
        assertThat(asked).containsExactly("else.where");
    }

    @Test
    void localhostIsKnownToTheSystem() {
        try (var real = new IOLoop()) {
            // of the hosts file: no name server is asked
            real.runSync(
                    LIMIT,
                    () -> Resolver.system()
                            .resolve(
                                    "localhost",
                                    LIMIT,
                                    real,
                                    addresses -> {
                                        events.addAll(addresses.stream()
                                                .map(each -> "" + each.isLoopbackAddress())
                                                .toList());
                                        real.stop();
                                    },
                                    failures::add));
        }
        assertThat(failures).isEmpty();
        assertThat(events).isNotEmpty().containsOnly("true");
    }
}
