package dev.iostream.stream;

import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to queue {@code writes} lines of 64 B and to send them in one piece. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OutboundBenchmark {
    /** Lines of one turn. */
    @Param({"1", "16"})
    int writes;

    private final byte[] line = Feed.lines(64, 64);
    private final Feed transport = new Feed(line);
    private OutboundQueue queue;

    /** A loop to borrow segments from, and what counts the bytes. */
    @Setup
    public void queue() {
        var loop = new IOLoop();
        Endpoint.Cell cell = new Endpoint("bench").cell(loop);
        queue = new OutboundQueue() {
            @Override
            IOLoop loop() {
                return loop;
            }

            @Override
            void counted(long count) {
                cell.sent(count);
            }
        };
    }

    /** As a turn does. */
    @Benchmark
    public boolean writeAndFlush() throws IOException {
        for (int i = 0; i < writes; i++) {
            queue.addIfItFits(line, transport);
        }
        queue.flush(transport);
        return queue.isEmpty();
    }
}
