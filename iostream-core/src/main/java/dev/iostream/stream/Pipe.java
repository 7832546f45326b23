package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one stream receives, sent on another one: see {@link IOStream#pipeTo}. Confined to the loop of both.
 *
 * <p>The source is read only while nothing of the target's is unsent. When the source's peer ends, the target's peer is told so
 * after the last byte; if nothing is piped back, or that direction has ended too, both streams close. When either stream
 * closes, so does the other; and where the source has failed after bytes of it were sent on, the target is cut off, so that its
 * peer sees a reset and does not take them for the whole.
 */
public final class Pipe {
    /** Why a stream closes once what belongs together has passed. */
    private static final Set<CloseReason> ORDINARY =
            EnumSet.of(CloseReason.LOCAL, CloseReason.DRAINED, CloseReason.PEER_END);

    private final StreamDriver source;
    private final StreamDriver target;
    private final Runnable sourceListener = this::sourceClosed;
    private final Runnable targetListener = this::targetClosed;
    private long bytes;
    private boolean ended;
    private boolean paused;
    private @Nullable Runnable onEnd;

    Pipe(StreamDriver source, StreamDriver target) {
        this.source = source;
        this.target = target;
    }

    void start() {
        source.check("pipeTo");
        if (source.loop() != target.loop()) {
            throw new IllegalStateException("A pipe needs both streams on one loop, but they are on '"
                    + source.loop().name() + "' and '" + target.loop().name()
                    + "'. Connect the second stream on the first one's loop.");
        }
        if (target.isClosed()) {
            throw target.closedException("pipe into the stream");
        }
        source.reads().start(new PipeRead(this));
        // so that the source stays open for what is piped back
        source.onPeerEnd(Delivery.of(() -> {}));
        source.alsoOnClose(sourceListener);
        target.alsoOnClose(targetListener);
    }

    /** Bytes taken from the source so far. */
    public long bytes() {
        return bytes;
    }

    /** Whether the pipe carries nothing any more. */
    public boolean ended() {
        return ended;
    }

    /** What to call, once, when the pipe has ended; at once in a coming turn if it has already. */
    public void onEnd(Runnable callback) {
        if (ended) {
            source.loop().addCallback(callback);
        } else {
            onEnd = callback;
        }
    }

    /** Ends the pipe and leaves both streams open, with what the source has buffered still to be read. */
    public void stop() {
        source.check("Pipe.stop");
        if (!ended) {
            end();
            source.onPeerEnd(null);
            source.reads().cancel();
        }
    }

    boolean isPaused() {
        return paused;
    }

    /**
     * As much as the target's high water mark leaves, an ordinary read at least; but what its limit has no room for would
     * be refused as a whole. Of a target that others have filled, the refusal of one byte tells.
     */
    int mostAtOnce() {
        long unsent = target.writes().size();
        StreamOptions options = target.options();
        long marked = Math.max(InboundBuffer.CHUNK, options.highWaterMark() - unsent);
        long room = Math.max(1, options.maxWriteBufferSize().bytes() - unsent);
        return (int) Math.min(InboundBuffer.PIPED, Math.min(marked, room));
    }

    void transfer(ByteBuffer chunk) {
        int count = chunk.remaining();
        try {
            target.writes().writeThrough(chunk);
        } catch (StreamClosedException e) {
            // by another thread, and the listeners of the target are told in a coming turn only
            giveBack(chunk);
            targetClosed();
            return;
        }
        bytes += count;
        if (!target.writes().isEmpty()) {
            // whatever comes before the rest has left would have to be copied behind it
            paused = true;
            target.writes().whenSent(Delivery.of(this::resume));
        }
    }

    private void giveBack(ByteBuffer chunk) {
        byte[] rest = new byte[chunk.remaining()];
        chunk.get(rest);
        source.reads().unread(rest);
    }

    private void resume() {
        paused = false;
        source.advanceSoon();
    }

    /** At once where it has failed, before what is piped back closes the target in an ordinary way for that. */
    private void sourceClosed() {
        CloseReason reason = source.closeReason();
        if (!ended && bytes > 0 && reason != null && !ORDINARY.contains(reason)) {
            end();
            target.cutOff(CloseReason.ABORTED, source.error(), 0);
        }
    }

    /** The source's peer has ended, or the source has closed. */
    void sourceEnded() {
        sourceClosed();
        if (ended) {
            return;
        }
        end();
        Pipe back = target.reads().pipe();
        boolean pipedBack = back != null && back.target == source && !back.ended;
        boolean half = source.transport().canHalfClose() && target.transport().canHalfClose();
        if (!(pipedBack && half && !source.isClosed() && shutdownTarget())) {
            target.close();
            source.close();
        }
    }

    /** Ends the bytes to the target's peer; false when the target is closed, which another thread may do at any moment. */
    private boolean shutdownTarget() {
        try {
            target.writes().shutdown(null);
            return true;
        } catch (StreamClosedException e) {
            return false;
        }
    }

    private void targetClosed() {
        if (!ended) {
            end();
            source.close();
        }
    }

    private void end() {
        ended = true;
        // a target that lives long, and is piped into again and again, would keep the sources of all pipes
        target.noLongerOnClose(targetListener);
        source.noLongerOnClose(sourceListener);
        if (onEnd != null) {
            source.post(Delivery.of(onEnd));
        }
    }
}
