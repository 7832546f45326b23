package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint, the loop's memory and the listener were told of one stream, so that each is told only of changes.
 * Every stream has one, so it is kept small: what its stream knows already comes with the calls.
 */
final class StreamAccount {
    private static final long NEVER = Long.MIN_VALUE;

    private final Endpoint.Cell cell;
    /** When observers were told that it opened, of which they are to be told that it closed; or never. */
    private long openedAt = NEVER;

    private int inbound;
    private int peakInbound;
    private long outbound;
    private long peakOutbound;

    StreamAccount(Endpoint.Cell cell) {
        this.cell = cell;
    }

    void dialled(StreamDriver stream, SocketAddress target) {
        IOListener listener = stream.options().listener();
        if (listener != IOListener.NONE) {
            listener.streamDialled(stream.info(), target);
        }
    }

    void opened(StreamDriver stream) {
        if (openedAt == NEVER) {
            openedAt = stream.loop().nanoTime();
            cell.opened();
            IOListener listener = stream.options().listener();
            if (listener != IOListener.NONE) {
                listener.streamOpened(stream.info());
            }
        }
    }

    void closed(StreamDriver stream, CloseReason reason, @Nullable Throwable cause) {
        if (openedAt != NEVER) {
            openedAt = NEVER;
            cell.closed(reason);
            IOListener listener = stream.options().listener();
            if (listener != IOListener.NONE) {
                listener.streamClosed(stream.info(), reason, cause);
            }
        }
    }

    /** It will never open; but one that goes on as another to observers has opened, and is closed. */
    void failed(StreamDriver stream, CloseReason reason, @Nullable Throwable cause) {
        if (openedAt != NEVER) {
            closed(stream, reason, cause);
            return;
        }
        cell.failed(reason);
        IOListener listener = stream.options().listener();
        if (listener != IOListener.NONE) {
            listener.streamFailed(stream.info(), reason, cause);
        }
    }

    void stageEnded(StreamDriver stream, Stage stage, long nanos, @Nullable Throwable failure) {
        IOListener listener = stream.options().listener();
        if (listener != IOListener.NONE) {
            listener.stageEnded(stream.info(), stage, nanos, failure);
        }
    }

    void refusedWrite() {
        cell.refusedWrite();
    }

    /** Lets {@code next} go on as the same stream to observers. */
    void handTo(StreamAccount next) {
        next.openedAt = openedAt;
        next.peakInbound = peakInbound;
        next.peakOutbound = peakOutbound;
        openedAt = NEVER;
    }

    /** Takes note of what the stream holds now. */
    void update(IOLoop loop, int nowInbound, long nowOutbound) {
        long change = nowInbound - inbound + nowOutbound - outbound;
        if (nowInbound != inbound) {
            cell.readBuffer(nowInbound - inbound);
            inbound = nowInbound;
            peakInbound = Math.max(peakInbound, inbound);
        }
        if (nowOutbound != outbound) {
            cell.writeBuffer(nowOutbound - outbound);
            outbound = nowOutbound;
            peakOutbound = Math.max(peakOutbound, outbound);
        }
        if (change != 0) {
            loop.memoryChanged(change);
        }
    }

    long readBuffer() {
        return inbound;
    }

    long writeBuffer() {
        return outbound;
    }

    long peakInbound() {
        return peakInbound;
    }

    long peakOutbound() {
        return peakOutbound;
    }

    /** How long it has been open; 0 before and afterwards. */
    long openNanos(IOLoop loop) {
        return openedAt == NEVER ? 0 : loop.nanoTime() - openedAt;
    }

    /** What counts the bytes of this stream and others. */
    Endpoint.Cell cell() {
        return cell;
    }

    String endpoint() {
        return cell.endpoint();
    }
}
