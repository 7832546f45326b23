package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to read 4 KiB and to take all lines out of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InboundBenchmark {
    private static final byte[] NEWLINE = {'\n'};
    private static final int READ = 4096;

    /** Bytes of a line. */
    @Param({"64", "4096"})
    int line;

    private final InboundBuffer inbound = new InboundBuffer();
    private final ByteBuffer common = ByteBuffer.allocateDirect(IOLoop.READ_BUFFER);
    private Feed feed;

    /** Makes what is read. */
    @Setup
    public void feed() {
        feed = new Feed(Feed.lines(line, READ));
    }

    /** As arrays, as message reads do. */
    @Benchmark
    public int readAndTake() throws IOException {
        inbound.fill(feed, common, InboundBuffer.CHUNK);
        int taken = 0;
        for (int end = next(); end > 0; end = next()) {
            taken += inbound.take(end).length;
        }
        return taken;
    }

    /** As views, as streaming reads do. */
    @Benchmark
    public int readAndView() throws IOException {
        inbound.fill(feed, common, InboundBuffer.CHUNK);
        int taken = 0;
        for (int end = next(); end > 0; end = next()) {
            taken += inbound.takeView(end).remaining();
        }
        return taken;
    }

    private int next() {
        return inbound.endOf(NEWLINE, 0, Integer.MAX_VALUE);
    }
}
