package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that were written and the transport has not taken yet.
 *
 * <p>What is written in one turn gathers in a segment borrowed from the loop, so that it leaves in one call. What the
 * transport does not take then is copied into memory of the stream's own, and the segment goes back.
 */
abstract class OutboundQueue {
    /** Bytes sent for one readiness at most, so that one stream does not keep the others waiting. */
    private static final long BURST = 1024 * 1024;

    /** What gathers in this turn; nothing else waits meanwhile. */
    private @Nullable ByteBuffer segment;
    /** What waits for the transport: a {@link ChunkQueue} of copies, or the user's own bytes, kept when they may be sent again. */
    private @Nullable Region waiting;

    private long sent;

    /** The loop that lends the segments. */
    abstract IOLoop loop();

    /** Is told of each time that a transport has taken bytes, and of how many. */
    abstract void counted(long count);

    /** Is told that the transport has taken so many bytes inside a call of the user's; a queue alone has nobody to let in. */
    void sentInCall(long count) {}

    /** Bytes that transports have taken so far. */
    final long sent() {
        return sent;
    }

    private void taken(long count) {
        if (count > 0) {
            sent += count;
            counted(count);
        }
    }

    final long size() {
        return (segment == null ? 0 : segment.position()) + (waiting == null ? 0 : waiting.remaining());
    }

    final boolean isEmpty() {
        return segment == null && !somethingWaits();
    }

    private boolean somethingWaits() {
        return waiting != null && waiting.remaining() > 0;
    }

    /** Whether the user's own bytes are being sent, so that nothing can be added. */
    final boolean isBarred() {
        return somethingWaits() && !(waiting instanceof ChunkQueue);
    }

    /** Sends the bytes of a buffer of the user's by themselves. The queue is empty. */
    final void addItself(ByteBuffer data) {
        if (!data.hasRemaining()) {
            return;
        }
        if (waiting instanceof Region.OfBuffer last && last.isOf(data)) {
            last.again();
        } else {
            waiting = Region.of(data);
        }
    }

    /** The same with a part of a file. */
    final void addItself(Region.OfFile file) {
        if (file.remaining() > 0) {
            waiting = file;
        }
    }

    /**
     * Offers the transport the bytes themselves, if nothing is queued before them, and queues a copy of what it does not
     * take.
     */
    final void addDirectly(ByteBuffer source, @Nullable Transport transport) throws IOException {
        if (transport == null || !isEmpty()) {
            add(source, transport);
            return;
        }
        taken(transport.write(source));
        if (source.hasRemaining()) {
            backlog().append(source);
        }
    }

    /**
     * Queues a copy of the bytes where they fit as they are; false when they do not, and nothing was queued.
     *
     * @param transport where bytes can go now, or null while it is not open
     */
    final boolean addIfItFits(byte[] data, @Nullable Transport transport) {
        if (transport == null || somethingWaits()) {
            return false;
        }
        ByteBuffer open = openSegment();
        boolean fits = open.remaining() >= data.length;
        if (fits) {
            open.put(data);
        }
        return fits;
    }

    /**
     * Queues a copy of what remains of {@code source}, whose position moves. When it fills a segment that is offered to
     * the transport at once; if the transport fails then, what remains of {@code source} is not queued.
     *
     * @param transport where bytes can go now, or null while it is not open
     */
    final void add(ByteBuffer source, @Nullable Transport transport) throws IOException {
        while (source.hasRemaining()) {
            if (transport == null || somethingWaits()) {
                backlog().append(source);
                break;
            }
            ByteBuffer open = openSegment();
            int count = Math.min(open.remaining(), source.remaining());
            open.put(open.position(), source, source.position(), count);
            open.position(open.position() + count);
            source.position(source.position() + count);
            if (source.hasRemaining()) {
                long before = sent;
                sendSegment(transport, open);
                sentInCall(sent - before);
            }
        }
    }

    /** Gives the transport what it takes now. */
    final void flush(Transport transport) throws IOException {
        if (segment != null) {
            sendSegment(transport, segment);
        } else if (waiting != null) {
            sendWaiting(transport, waiting);
        }
    }

    private void sendSegment(Transport transport, ByteBuffer full) throws IOException {
        try {
            taken(transport.write(full.flip()));
        } finally {
            segment = null;
            try {
                if (full.hasRemaining()) {
                    // a socket that takes less than it is offered is full: the rest waits without asking again
                    backlog().append(full);
                }
            } finally {
                loop().giveSegment(full);
            }
        }
    }

    private void sendWaiting(Transport transport, Region sending) throws IOException {
        long before = sending.remaining();
        try {
            sending.sendTo(transport, BURST);
        } finally {
            taken(before - sending.remaining());
        }
        if (sending.remaining() == 0 && !sending.isOftenSentAgain()) {
            waiting = null;
        }
    }

    /** Forgets everything. */
    void clear() {
        if (segment != null) {
            loop().giveSegment(segment);
            segment = null;
        }
        waiting = null;
    }

    private ByteBuffer openSegment() {
        if (segment == null) {
            segment = loop().takeSegment();
        }
        return segment;
    }

    private ChunkQueue backlog() {
        if (waiting instanceof ChunkQueue queue) {
            return queue;
        }
        var queue = new ChunkQueue();
        waiting = queue;
        return queue;
    }
}
