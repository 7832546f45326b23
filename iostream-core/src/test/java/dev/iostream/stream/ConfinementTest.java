package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.Eventually;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which calls of a stream another thread may make while its loop runs, and what becomes of the others. */
class ConfinementTest {
    private static final int ROUNDS = 300;

    private final IOLoop loop = new IOLoop();
    private final Thread thread = new Thread(loop::start, "the loop");
    private final Endpoint endpoint = new Endpoint("confined");
    private final AtomicInteger closed = new AtomicInteger();

    @BeforeEach
    void start() {
        thread.start();
        Eventually.eventually("the loop runs", loop::running);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.close();
        thread.join(Eventually.LIMIT.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    private IOStream open(ScriptedTransport transport) {
        var opened = new CompletableFuture<IOStream>();
        loop.addCallback(() -> {
            try {
                IOStream stream = IOStream.over(
                        transport,
                        loop,
                        StreamOptions.builder().endpoint(endpoint).build());
                stream.setCloseCallback(closed::incrementAndGet);
                opened.complete(stream);
            } catch (IOException e) {
                opened.completeExceptionally(e);
            }
        });
        return opened.orTimeout(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Test
    void aCallFromAnotherThreadIsRefusedChangesNothingAndSaysWhatToDo() {
        IOStream stream = open(new ScriptedTransport());
        List<Runnable> calls = List.of(
                () -> stream.readUntil("x", data -> {}),
                () -> stream.readUntilPattern("x", data -> {}),
                () -> stream.readBytes(1, data -> {}),
                () -> stream.readPartial(1, data -> {}),
                () -> stream.readInto(ByteBuffer.allocate(1), count -> {}),
                () -> stream.readUntilClose(data -> {}),
                () -> stream.cancelRead(),
                () -> stream.write("x"),
                () -> stream.writeBuffer(new IOBuffer().append("x")),
                () -> stream.writeZeroCopy(ByteBuffer.allocate(1), null),
                () -> stream.shutdownWrite(null),
                () -> stream.onWritable(() -> {}),
                () -> stream.pipeTo(stream),
                () -> stream.setCloseCallback(null),
                () -> stream.setReadEndCallback(null),
                () -> stream.setMaxBufferSize(1),
                () -> stream.setNoDelay(true),
                () -> stream.connect("localhost", 1, null, null, null),
                () -> stream.abort());
        for (Runnable call : calls) {
            assertThatIllegalStateException()
                    .isThrownBy(call::run)
                    .withMessageContaining("the loop")
                    .withMessageContaining(Thread.currentThread().getName())
                    .withMessageContaining("addCallback");
        }
        assertThat(stream.closed()).isFalse();
        assertThat(stream.reading()).isFalse();
        assertThat(stream.writing()).isFalse();
    }

    @Test
    void whetherItIsClosedAndWhyMayBeAskedFromAnyThread() {
        IOStream stream = open(new ScriptedTransport());
        assertThat(stream.closed()).isFalse();
        assertThat(stream.closeReason()).isNull();
        loop.addCallback(stream::abort);
        Eventually.eventually("the stream is closed", stream::closed);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void anotherThreadMayCloseAndSeesTheStreamClosedAtOnce() {
        var transport = new ScriptedTransport();
        transport.ends();
        IOStream stream = open(transport);
        stream.close();
        assertThat(stream.closed()).isTrue();
        stream.close();
        Eventually.eventually("the close callback ran", () -> closed.get() == 1);
    }

    @Test
    void aCloseThatRacesWithAnAbortClosesOnce() throws Exception {
        var barrier = new CyclicBarrier(2);
        for (int round = 1; round <= ROUNDS; round++) {
            IOStream stream = open(new ScriptedTransport());
            loop.addCallback(() -> {
                await(barrier);
                stream.abort();
            });
            await(barrier);
            stream.close();
            int expected = round;
            Eventually.eventually("close callbacks: " + expected, () -> closed.get() == expected);
            assertThat(stream.closeReason()).isIn(CloseReason.ABORTED, CloseReason.LOCAL);
        }
        assertThat(endpoint.stats().active()).isZero();
        assertThat(endpoint.stats().closed(CloseReason.ABORTED)
                        + endpoint.stats().closed(CloseReason.LOCAL))
                .isEqualTo(ROUNDS);
        assertThat(closed).hasValue(ROUNDS);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
