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
final class OutboundQueue {
    /** Bytes sent for one readiness at most, so that one stream does not keep the others waiting. */
    private static final long BURST = 1024 * 1024;

    private final IOLoop loop;
    private @Nullable ByteBuffer segment;
    private @Nullable ChunkQueue backlog;
    private @Nullable Region region;
    /** Bytes that were never queued because the transport failed while they were added. */
    private long lost;

    OutboundQueue(IOLoop loop) {
        this.loop = loop;
    }

    long size() {
        return (segment == null ? 0 : segment.position())
                + (backlog == null ? 0 : backlog.size())
                + (region == null ? 0 : region.remaining())
                + lost;
    }

    boolean isEmpty() {
        return segment == null && backlog == null && region == null;
    }

    /** Whether a region is being sent, so that nothing can be added. */
    boolean isBarred() {
        return region != null;
    }

    /** Sends bytes of the user's by themselves. The queue is empty. */
    void add(Region newRegion) {
        region = newRegion;
    }

    /**
     * Offers the transport the bytes themselves, if nothing is queued before them, and queues a copy of what it does not
     * take.
     *
     * @return how many bytes the transport took
     */
    long addDirectly(ByteBuffer source, @Nullable Transport transport) throws IOException {
        if (transport == null || !isEmpty()) {
            return add(source, transport);
        }
        try {
            int sent = transport.write(source);
            if (source.hasRemaining()) {
                backlog().append(source);
            }
            return sent;
        } catch (IOException e) {
            lost = source.remaining();
            throw e;
        }
    }

    /**
     * Queues a copy of the bytes. When they fill a segment it is offered to the transport at once.
     *
     * @param transport where bytes can go now, or null while it is not open
     * @return how many bytes the transport took
     */
    long add(byte[] data, @Nullable Transport transport) throws IOException {
        if (backlog == null && transport != null) {
            ByteBuffer open = openSegment();
            if (open.remaining() >= data.length) {
                open.put(data);
                return 0;
            }
        }
        return add(ByteBuffer.wrap(data), transport);
    }

    /** Queues a copy of what remains of {@code source}, whose position moves. */
    long add(ByteBuffer source, @Nullable Transport transport) throws IOException {
        long sent = 0;
        while (source.hasRemaining()) {
            if (backlog != null || transport == null) {
                backlog().append(source);
                break;
            }
            ByteBuffer open = openSegment();
            int count = Math.min(open.remaining(), source.remaining());
            open.put(open.position(), source, source.position(), count);
            open.position(open.position() + count);
            source.position(source.position() + count);
            if (source.hasRemaining()) {
                sent += sendSegmentBefore(source, transport);
            }
        }
        return sent;
    }

    private int sendSegmentBefore(ByteBuffer rest, Transport transport) throws IOException {
        try {
            return sendSegment(transport);
        } catch (IOException e) {
            lost = rest.remaining();
            throw e;
        }
    }

    /** Gives the transport what it takes now, and returns how many bytes that was. */
    long flush(Transport transport) throws IOException {
        if (region != null) {
            return sendRegion(transport, region);
        }
        return segment != null ? sendSegment(transport) : sendBacklog(transport);
    }

    private long sendRegion(Transport transport, Region sending) throws IOException {
        long sent = sending.sendTo(transport, BURST);
        if (sending.remaining() == 0) {
            region = null;
        }
        return sent;
    }

    private int sendSegment(Transport transport) throws IOException {
        ByteBuffer full = segment;
        assert full != null;
        try {
            return transport.write(full.flip());
        } finally {
            if (full.hasRemaining()) {
                // a socket that takes less than it is offered is full: the rest waits without asking again
                backlog().append(full);
            }
            segment = null;
            loop.giveSegment(full);
        }
    }

    private long sendBacklog(Transport transport) throws IOException {
        long sent = 0;
        while (backlog != null && sent < BURST) {
            ByteBuffer first = backlog.first();
            int offered = first.remaining();
            int count = transport.write(first);
            backlog.taken(count);
            sent += count;
            if (backlog.size() == 0) {
                backlog = null;
            }
            if (count < offered) {
                break;
            }
        }
        return sent;
    }

    /** Forgets everything. */
    void clear() {
        if (segment != null) {
            loop.giveSegment(segment);
            segment = null;
        }
        backlog = null;
        region = null;
        lost = 0;
    }

    private ByteBuffer openSegment() {
        if (segment == null) {
            segment = loop.takeSegment();
        }
        return segment;
    }

    private ChunkQueue backlog() {
        if (backlog == null) {
            backlog = new ChunkQueue();
        }
        return backlog;
    }
}
