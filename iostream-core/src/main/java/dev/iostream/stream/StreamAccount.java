package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the endpoint, the loop's memory and the listener were told of one stream, so that each is told only of changes. */
final class StreamAccount {
    private final IOLoop loop;
    private final Endpoint.Cell cell;
    private final IOListener listener;
    /** Observers were told that it opened, and are to be told that it closed. */
    private boolean announced;

    private long openedAt;
    /** How long it was open, once it has closed. */
    private long openNanos;

    private int inbound;
    private int peakInbound;
    private long outbound;
    private long peakOutbound;

    StreamAccount(IOLoop loop, StreamOptions options) {
        this.loop = loop;
        this.cell = options.endpoint().cell(loop);
        this.listener = options.listener();
    }

    void dialled(StreamDriver stream, SocketAddress target) {
        if (listener != IOListener.NONE) {
            listener.streamDialled(stream.info(), target);
        }
    }

    void opened(StreamDriver stream) {
        if (!announced) {
            announced = true;
            openedAt = loop.nanoTime();
            cell.opened();
            if (listener != IOListener.NONE) {
                listener.streamOpened(stream.info());
            }
        }
    }

    void closed(StreamDriver stream, CloseReason reason, @Nullable Throwable cause) {
        if (announced) {
            openNanos = loop.nanoTime() - openedAt;
            announced = false;
            cell.closed(reason);
            if (listener != IOListener.NONE) {
                listener.streamClosed(stream.info(), reason, cause);
            }
        }
    }

    /** It will never open; but one that goes on as another to observers has opened, and is closed. */
    void failed(StreamDriver stream, CloseReason reason, @Nullable Throwable cause) {
        if (announced) {
            closed(stream, reason, cause);
            return;
        }
        cell.failed(reason);
        if (listener != IOListener.NONE) {
            listener.streamFailed(stream.info(), reason, cause);
        }
    }

    void stageEnded(StreamDriver stream, Stage stage, long nanos, @Nullable Throwable failure) {
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
        next.announced = announced;
        announced = false;
    }

    /** Takes note of what the stream holds now. */
    void update(int nowInbound, long nowOutbound) {
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

    /** How long it has been open, or was. */
    Duration open() {
        return Duration.ofNanos(announced ? loop.nanoTime() - openedAt : openNanos);
    }

    /** What counts the bytes of this stream and others. */
    Endpoint.Cell cell() {
        return cell;
    }

    String endpoint() {
        return cell.endpoint();
    }
}
