package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a pattern read looks for its match at the end of {@code bytes} bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PatternBenchmark {
    /** What is searched. */
    @Param({"64", "4096"})
    int bytes;

    /** What is looked for. */
    @Param({"\\n", "[A-Z]+=\\d+\\r?\\n"})
    String pattern;

    private final InboundBuffer inbound = new InboundBuffer();
    private Pattern compiled;

    /** Text, and the match at its end. */
    @Setup
    public void fill() throws IOException {
        compiled = Pattern.compile(pattern);
        byte[] text = Feed.lines(bytes, bytes);
        byte[] match = "KEY=12\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(match, 0, text, text.length - match.length, match.length);
        inbound.fill(new Feed(text), ByteBuffer.allocateDirect(IOLoop.READ_BUFFER), InboundBuffer.CHUNK);
    }

    /** As a read does when bytes have come. */
    @Benchmark
    public int find() {
        return new PatternSearch(compiled).endOf(inbound, bytes);
    }
}
