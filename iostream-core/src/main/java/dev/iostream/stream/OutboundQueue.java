package dev.iostream.stream;

import dev.iostream.event.Endpoint;
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
    private final Endpoint.Cell cell;
    private @Nullable ByteBuffer segment;
    private @Nullable ChunkQueue backlog;
    private @Nullable Region region;
    private long sent;

    /** An empty queue, whose bytes are counted in {@code cell} when a transport takes them. */
    OutboundQueue(IOLoop loop, Endpoint.Cell cell) {
        this.loop = loop;
        this.cell = cell;
    }

    /** Bytes that transports have taken so far. */
    long sent() {
        return sent;
    }

    private void taken(long count) {
        if (count > 0) {
            sent += count;
            cell.sent(count);
        }
    }

    long size() {
        return (segment == null ? 0 : segment.position())
                + (backlog == null ? 0 : backlog.size())
                + (region == null ? 0 : region.remaining());
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
     */
    void addDirectly(ByteBuffer source, @Nullable Transport transport) throws IOException {
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
    boolean addIfItFits(byte[] data, @Nullable Transport transport) {
        if (backlog != null || transport == null) {
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
    void add(ByteBuffer source, @Nullable Transport transport) throws IOException {
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
                sendSegment(transport);
            }
        }
    }

    /** Gives the transport what it takes now. */
    void flush(Transport transport) throws IOException {
        if (region != null) {
            sendRegion(transport, region);
        } else if (segment != null) {
            sendSegment(transport);
        } else {
            sendBacklog(transport);
        }
    }

    private void sendRegion(Transport transport, Region sending) throws IOException {
        long before = sending.remaining();
        try {
            sending.sendTo(transport, BURST);
        } finally {
            taken(before - sending.remaining());
        }
        if (sending.remaining() == 0) {
            region = null;
        }
    }

    private void sendSegment(Transport transport) throws IOException {
        ByteBuffer full = segment;
        assert full != null;
        try {
            taken(transport.write(full.flip()));
        } finally {
            if (full.hasRemaining()) {
                // a socket that takes less than it is offered is full: the rest waits without asking again
                backlog().append(full);
            }
            segment = null;
            loop.giveSegment(full);
        }
    }

    private void sendBacklog(Transport transport) throws IOException {
        long most = sent + BURST;
        while (backlog != null && sent < most) {
            ByteBuffer first = backlog.first();
            int offered = first.remaining();
            int count = transport.write(first);
            backlog.taken(count);
            taken(count);
            if (backlog.size() == 0) {
                backlog = null;
            }
            if (count < offered) {
                break;
            }
        }
    }

    /** Forgets everything. */
    void clear() {
        if (segment != null) {
            loop.giveSegment(segment);
            segment = null;
        }
        backlog = null;
        region = null;
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
