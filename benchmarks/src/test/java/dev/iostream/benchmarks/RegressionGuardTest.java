package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.benchmarks.peer.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Counts what a message costs, never how long it takes, and compares with a committed baseline: bytes allocated, turns of
 * the loop, which are selects, and system calls.
 *
 * <p>The client works in lock step, so that counts do not depend on who is faster; and the JVM compiles with its first
 * compiler only, which removes no allocations, so that they do not depend on what has been compiled yet. Hence they are
 * higher than in the reports.
 */
class RegressionGuardTest {
    private static final int WARM_UP = 8_000;
    private static final int MESSAGES = 8_000;
    /** The least of several counts, since a server has other things to do now and then: a log line, a class to load. */
    private static final int WINDOWS = 4;

    /** Exchanges; fewer, since each system call is stopped twice. */
    private static final int TRACED = 1_600;

    private static final double MOST_WAKEUPS_PERCENT = 20;
    private static final Path BASELINES = Path.of("src", "test", "baselines");
    private static final Program WASTEFUL = new Program.Module("iostream", "iostream.WastefulServer");

    @TempDir
    private static Path directory;

    private static Baseline baseline;
    private static boolean straceWorks;

    /** What is guarded. */
    enum Guarded {
        ECHO(Peer.IOSTREAM, 1, Job.ECHO.id()),
        ECHO_16_IN_FLIGHT(Peer.IOSTREAM, 16, Job.ECHO.id()),
        READ_INTO(Peer.IOSTREAM, 1, Job.ECHO_INTO.id(), "size=" + LockStep.SIZE),
        VIEWS(Peer.IOSTREAM, 1, Job.ECHO_VIEWS.id(), "size=" + LockStep.SIZE),
        STARTER_ECHO(Peer.STARTER, 1, Job.ECHO.id());

        private final Peer peer;
        private final int batch;
        private final List<String> order;

        Guarded(Peer peer, int batch, String... order) {
            this.peer = peer;
            this.batch = batch;
            this.order = List.of(order);
        }
    }

    @BeforeAll
    static void readTheBaseline() throws Exception {
        baseline = Baseline.of(BASELINES, Runtime.version().feature());
        straceWorks = Strace.works(directory);
    }

    @ParameterizedTest
    @EnumSource
    void keepsToTheBaseline(Guarded guarded) throws Exception {
        Map<String, Double> counts = count(guarded, guarded.peer.program());
        if (Boolean.getBoolean("guard.write")) {
            baseline = baseline.write(counts);
        }
        assumeTrue(
                !baseline.isEmpty(),
                () -> "SKIPPED: there is no baseline for JDK "
                        + Runtime.version().feature());
        assertThat(baseline.differences(counts))
                .as(
                        "counts that differ from %s; if they are meant to, run this test with -Dguard.write=true and commit"
                                + " the file",
                        baseline.file())
                .isEmpty();
    }

    @Test
    void aWastefulServerIsNoticed() throws Exception {
        assumeTrue(!baseline.isEmpty(), "SKIPPED: there is no baseline for this JDK");

        List<String> differences = baseline.differences(count(Guarded.ECHO, WASTEFUL));

        assertThat(differences)
                .anySatisfy(difference -> assertThat(difference).contains("echo.bytes", "more"))
                .anySatisfy(difference -> assertThat(difference).contains("echo.turns", "more"));
        if (straceWorks) {
            assertThat(differences)
                    .anySatisfy(difference -> assertThat(difference).contains("echo.calls.write", "more"));
        }
    }

    @Test
    void systemCallsAreCounted() {
        assumeTrue(straceWorks, "SKIPPED: SYSTEM CALLS ARE NOT GUARDED, since strace is not installed or not allowed");

        assertThat(baseline.isEmpty() || baseline.counts().containsKey("echo.calls.epoll_wait"))
                .isTrue();
    }

    @Test
    void aCallbackOfAnotherThreadSeldomWakesTheLoop() throws Exception {
        Fields costs = lab().run("iostream", "iostream.LoopCosts", Server.JVM_FLAGS, Duration.ofSeconds(60));

        assertThat(costs.number("wakeups_percent")).isPositive().isLessThanOrEqualTo(MOST_WAKEUPS_PERCENT);
    }

    /** Bytes for each message; turns and system calls for each exchange, since a batch takes no more of them than a line. */
    private static Map<String, Double> count(Guarded guarded, Program program) throws Exception {
        String name = guarded.name().toLowerCase(Locale.ROOT).replace('_', '-');
        var flags = new ArrayList<>(Server.JVM_FLAGS);
        flags.add("-XX:TieredStopAtLevel=1");
        List<String> command = program.command(programs(), flags, guarded.order).orElseThrow();
        var counts = new TreeMap<String, Double>();
        try (Server server = Server.start(name, command, directory);
                var client = new LockStep(server.port(), guarded.batch)) {
            client.exchange(WARM_UP);
            counts.put(name + ".bytes", growth(server, "allocated", client) / MESSAGES);
            if (guarded.peer == Peer.IOSTREAM) {
                counts.put(name + ".turns", growth(server, "turns", client) * guarded.batch / MESSAGES);
            }
            if (straceWorks) {
                systemCalls(server, client, TRACED * guarded.batch)
                        .forEach((call, times) -> counts.put(name + ".calls." + call, (double) times / TRACED));
            }
        }
        return counts;
    }

    /** By how much a figure grows with so many messages. */
    private static double growth(Server server, String figure, LockStep client) throws Exception {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < WINDOWS; i++) {
            long before = server.ask(figure);
            client.exchange(MESSAGES);
            least = Math.min(least, server.ask(figure) - before);
        }
        return least;
    }

    private static Map<String, Integer> systemCalls(Server server, LockStep client, int messages) throws Exception {
        try (Strace strace = Strace.attach(server.pid(), directory)) {
            client.exchange(messages);
            Map<String, Integer> counts = strace.counts();
            // what was called for a message now and then is not the messages' doing
            counts.values().removeIf(times -> times < TRACED / 100);
            return counts;
        }
    }

    private static Lab lab() {
        return new Lab(Options.parse(), programs(), directory);
    }

    private static Programs programs() {
        return Programs.onTheJvm(Path.of(System.getProperty("java.home"), "bin", "java"));
    }
}
