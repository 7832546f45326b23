package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long the search for a delimiter takes that stands at the end of {@code bytes} bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SearchBenchmark {
    /** What is searched. */
    @Param({"64", "16384"})
    int bytes;

    /** What is looked for. */
    @Param({"LF", "CRLFCRLF"})
    String delimiter;

    private byte[] sequence;
    private ByteBuffer direct;
    private ByteBuffer heap;

    /** Fills both kinds of buffer alike. */
    @Setup
    public void fill() {
        sequence = (delimiter.equals("LF") ? "\n" : "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        heap = ByteBuffer.allocate(bytes);
        direct = ByteBuffer.allocateDirect(bytes);
        for (int i = 0; i < bytes - sequence.length; i++) {
            heap.put((byte) ('a' + i % 23));
        }
        heap.put(sequence).flip();
        direct.put(heap.duplicate()).flip();
    }

    /** In the loop's shared buffer. */
    @Benchmark
    public int inDirect() {
        return ByteSearch.endOf(direct, sequence, 0, 0, bytes);
    }

    /** In memory of the stream's own. */
    @Benchmark
    public int inHeap() {
        return ByteSearch.endOf(heap, sequence, 0, 0, bytes);
    }
}
