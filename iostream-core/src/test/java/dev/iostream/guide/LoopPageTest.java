package dev.iostream.guide;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.iostream.event.LoopStats;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.loop.Interest;
import dev.iostream.loop.Interval;
import dev.iostream.loop.LoopOptions;
import dev.iostream.loop.MemoryBudget;
import dev.iostream.loop.Timeout;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What the page about the loop shows. */
@org.junit.jupiter.api.Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class LoopPageTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> log = new ArrayList<>();

    @Test
    void tasksAndTimers() {
        var loop = new IOLoop();
        loop.addCallback(() -> log.add("as soon as it can"));
        loop.addTimeout(Duration.ofMillis(20), () -> log.add("later"));
        loop.addTimeout(Duration.ofMillis(40), loop::stop);
        loop.start();

        assertThat(log).containsExactly("as soon as it can", "later");
    }

    @Test
    void workOnAnotherThread() throws InterruptedException {
        var loop = new IOLoop();
        ExecutorService workers = Executors.newSingleThreadExecutor();
        loop.addCallback(() -> {
            workers.execute(() -> {
                String answer = slowQuery();
                loop.addCallback(() -> {
                    log.add(answer);
                    loop.stop();
                });
            });
        });
        loop.start();

        assertThat(log).containsExactly("42");
        workers.shutdown();
        assertThat(workers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private static String slowQuery() {
        return "42";
    }

    @Test
    void timersCanBeTakenBack() {
        var simulation = new Simulation(Link.perfect());
        IOLoop loop = simulation.loop();
        Interval heartbeat = loop.setInterval(Duration.ofSeconds(10), () -> log.add("beat"));
        Timeout alarm = loop.addTimeout(Duration.ofSeconds(35), () -> log.add("alarm"));
        loop.addTimeout(Duration.ofSeconds(32), () -> {
            loop.clearInterval(heartbeat);
            loop.removeTimeout(alarm);
        });

        simulation.run();
        assertThat(log).containsExactly("beat", "beat", "beat");
    }

    @Test
    void channelsOfYourOwn() throws IOException {
        var loop = new IOLoop();
        DatagramChannel metrics = DatagramChannel.open();
        metrics.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        metrics.configureBlocking(false);
        ByteBuffer packet = ByteBuffer.allocate(2048);
        loop.addHandler(metrics, Interest.READ, (channel, events) -> {
            while (metrics.receive(packet.clear()) != null) {
                log.add(StandardCharsets.UTF_8.decode(packet.flip()).toString());
            }
        });

        try (DatagramChannel sender = DatagramChannel.open()) {
            sender.send(ByteBuffer.wrap("requests:1|c".getBytes()), metrics.getLocalAddress());
        }
        loop.runSync(LIMIT, () -> stopWhenLogged(loop));
        assertThat(log).containsExactly("requests:1|c");
        loop.close(true);
        assertThat(metrics.isOpen()).isFalse();
    }

    private void stopWhenLogged(IOLoop loop) {
        if (log.isEmpty()) {
            loop.addCallback(() -> stopWhenLogged(loop));
        } else {
            loop.stop();
        }
    }

    @Test
    void signals() throws Exception {
        assumeThat(ignoresHangUps())
                .as("SKIPPED: this process was started to ignore HUP, as nohup does")
                .isFalse();
        var loop = new IOLoop();
        loop.addSignalHandler("HUP", () -> log.add("read the configuration again"));
        loop.addSignalHandler("TERM", loop::stop);
        loop.addCallback(() -> raise("HUP"));
        loop.addCallback(() -> stopWhenLogged(loop));
        loop.start();

        assertThat(log).containsExactly("read the configuration again");
        loop.close();
    }

    /** Whether the process ignores HUP, by the first bit of the mask that Linux tells. */
    private static boolean ignoresHangUps() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream().anyMatch(line -> line.matches("SigIgn:\\s*[0-9a-f]*[13579bdf]"));
    }

    private static void raise(String signal) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            type.getMethod("raise", type)
                    .invoke(null, type.getConstructor(String.class).newInstance(signal));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void severalLoops() {
        MemoryBudget memory = MemoryBudget.of(256 * 1024 * 1024);
        try (var group =
                IOLoopGroup.of(2, number -> LoopOptions.named("io-" + number).memory(memory))) {
            group.start();
            IOLoop one = group.next();
            IOLoop other = group.next();

            assertThat(one).isNotSameAs(other).isSameAs(group.next());
            assertThat(group.memory()).isSameAs(memory);
        }
    }

    @Test
    void theWatchdog() {
        var loop = new IOLoop(LoopOptions.named("io").blockedThreshold(Duration.ofMillis(5)));
        loop.addCallback(() -> {
            eventually("seen by the watchdog", () -> loop.stats().blocked() > 0);
            loop.stop();
        });
        loop.start();

        LoopStats stats = loop.stats();
        assertThat(stats.blocked()).isPositive();
    }

    @Test
    void whatThrowsIsReported() {
        var loop = new IOLoop();
        loop.setExceptionHandler(failure -> log.add("reported: " + failure.getMessage()));
        loop.addCallback(() -> {
            throw new IllegalStateException("a mistake");
        });
        loop.addCallback(loop::stop);
        loop.start();

        assertThat(log).containsExactly("reported: a mistake");
        assertThat(loop.stats().failures()).isEqualTo(1);
    }

    @Test
    void commandLines() {
        try (var loop = new IOLoop()) {
            String answer = loop.runSync(Duration.ofSeconds(10), () -> ask(loop));
            log.add(answer);
        }
        assertThat(log).containsExactly("42");
        assertThatThrownBy(() -> new IOLoop().runSync(Duration.ofMillis(1), () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not stopped within");
    }

    private static CompletableFuture<String> ask(IOLoop loop) {
        var answer = new CompletableFuture<String>();
        loop.addTimeout(Duration.ofMillis(1), () -> answer.complete("42"));
        return answer;
    }

    @Test
    void anotherThreadIsToldWhatToDo() {
        try (var group = IOLoopGroup.of(1, "io-")) {
            group.start();
            IOLoop loop = group.next();
            var failure = new AtomicReference<Throwable>();
            eventually("running", loop::running);
            try {
                loop.addTimeout(Duration.ZERO, () -> {});
            } catch (IllegalStateException e) {
                failure.set(e);
            }
            assertThat(failure.get())
                    .hasMessageStartingWith(
                            "addTimeout is confined to loop 'io-1' (thread 'io-1'); called from thread '")
                    .hasMessageEndingWith("'. Use loop.addCallback(...).");
        }
    }
}
