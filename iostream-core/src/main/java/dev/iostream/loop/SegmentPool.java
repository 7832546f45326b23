package dev.iostream.loop;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers in which streams gather what is written in one turn. Confined to its loop.
 *
 * <p>A stream holds a segment only between a write and the flush that follows, so a few serve any number of streams.
 */
public final class SegmentPool {
    /** Bytes in a segment. */
    public static final int SEGMENT = 64 * 1024;

    private static final int MOST = 16;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private int made;

    SegmentPool() {}

    /** An empty segment, or null when all are taken: then something must be flushed first. */
    public @Nullable ByteBuffer take() {
        ByteBuffer segment = free.pollLast();
        if (segment == null && made < MOST) {
            segment = ByteBuffer.allocateDirect(SEGMENT);
            made++;
        }
        return segment;
    }

    /** Gives a segment back. */
    public void give(ByteBuffer segment) {
        free.addLast(segment.clear());
    }
}
