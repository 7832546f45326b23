package dev.iostream.simulation;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;

/**
 * One direction of a simulated connection: bytes that travel, arrive in chunks and wait to be read.
 *
 * <p>Like TCP it keeps the order, lets no more than a window be unread, and answers bytes that reach a closed receiver
 * with a reset, which destroys what was not read yet.
 */
final class SimulatedPipe {
    private final IOLoop loop;
    private final Link link;
    private final SplittableRandom random;
    private final ArrayDeque<ByteBuffer> arrived = new ArrayDeque<>();
    private Runnable onReadable = () -> {};
    private Runnable onWritable = () -> {};
    private Runnable onRefused = () -> {};
    private int outstanding;
    private boolean ended;
    private boolean endArrived;
    private boolean reset;
    private boolean receiverClosed;

    SimulatedPipe(IOLoop loop, Link link, SplittableRandom random) {
        this.loop = loop;
        this.link = link;
        this.random = random;
    }

    /** Who is told that there is something to read. */
    void onReadable(Runnable receiver) {
        onReadable = receiver;
    }

    /** Who is told that there is room, and that bytes have reached a closed receiver. */
    void onWritable(Runnable sender, Runnable refused) {
        onWritable = sender;
        onRefused = refused;
    }

    // ---- the sender's end

    int write(ByteBuffer from) throws IOException {
        if (reset) {
            throw new IOException("Broken pipe");
        }
        if (ended) {
            throw new IOException("The stream of bytes to the peer has been ended");
        }
        int accepted = Math.min(from.remaining(), link.window() - outstanding);
        for (int left = accepted; left > 0; ) {
            int size = Math.min(left, link.randomChunks() ? 1 + random.nextInt(link.chunk()) : link.chunk());
            byte[] bytes = new byte[size];
            from.get(bytes);
            outstanding += size;
            left -= size;
            travel(() -> arrive(ByteBuffer.wrap(bytes)));
        }
        return accepted;
    }

    boolean writable() {
        return reset || (!ended && outstanding < link.window());
    }

    void end() {
        if (!ended) {
            ended = true;
            travel(() -> {
                endArrived = true;
                onReadable.run();
            });
        }
    }

    /** Destroys the connection for the receiver, after the bytes that travel ahead. */
    void reset() {
        ended = true;
        travel(() -> {
            reset = true;
            arrived.clear();
            onReadable.run();
        });
    }

    private void travel(Runnable arrival) {
        try {
            if (link.latency().isZero()) {
                loop.addCallback(arrival);
            } else {
                loop.addTimeout(link.latency(), arrival);
            }
        } catch (RejectedExecutionException e) {
            // the loop has closed, and with it the world: nothing arrives any more
            return;
        }
    }

    private void arrive(ByteBuffer chunk) {
        if (receiverClosed) {
            onRefused.run();
            return;
        }
        arrived.addLast(chunk);
        onReadable.run();
    }

    // ---- the receiver's end

    int read(ByteBuffer into) throws IOException {
        if (reset) {
            throw new IOException("Connection reset");
        }
        ByteBuffer chunk = arrived.peekFirst();
        if (chunk == null) {
            return endArrived ? -1 : 0;
        }
        int count = Math.min(chunk.remaining(), into.remaining());
        into.put(into.position(), chunk, chunk.position(), count);
        into.position(into.position() + count);
        chunk.position(chunk.position() + count);
        if (!chunk.hasRemaining()) {
            arrived.removeFirst();
        }
        outstanding -= count;
        onWritable.run();
        return count;
    }

    boolean readable() {
        return reset || endArrived || !arrived.isEmpty();
    }

    /** Takes no more; returns whether bytes were left unread. */
    boolean closeReceiver() {
        receiverClosed = true;
        boolean unread = !arrived.isEmpty();
        arrived.clear();
        return unread;
    }

    /** What a reset that arrived from the other direction does to this one. */
    void breakOff() {
        reset = true;
        arrived.clear();
        onWritable.run();
    }
}
