package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint, the loop's memory and the listener were told of one stream, so that each is told only of changes. A
 * stream is its own account, so that there is not an object more for each.
 */
abstract class StreamAccount extends CallbackLane {
    private static final long NEVER = Long.MIN_VALUE;

    private final Endpoint.Cell cell;
    /** When observers were told that it opened, of which they are to be told that it closed; or never. */
    private long openedAt = NEVER;
    /** Null while it never held a byte when its turn ended. */
    private @Nullable Held held;

    /** Bytes in the two directions. */
    private static final class Held {
        int inbound;
        int peakInbound;
        long outbound;
        long peakOutbound;
    }

    StreamAccount(Endpoint.Cell cell) {
        this.cell = cell;
    }

    abstract IOLoop loop();

    abstract StreamOptions options();

    /** What observers are shown of the stream now. */
    public abstract StreamInfo info();

    /** Lets the listener know. What it throws is reported, and the stream goes its way. */
    private void tell(Consumer<? super IOListener> news) {
        IOListener listener = options().listener();
        if (listener == IOListener.NONE) {
            return;
        }
        try {
            news.accept(listener);
        } catch (Throwable failure) {
            loop().reportFailure(failure);
        }
    }

    final void tellDialled(SocketAddress target) {
        tell(listener -> listener.streamDialled(info(), target));
    }

    final void tellOpened() {
        if (openedAt == NEVER) {
            openedAt = loop().nanoTime();
            cell.opened();
            tell(listener -> listener.streamOpened(info()));
        }
    }

    final void tellClosed(CloseReason reason, @Nullable Throwable cause) {
        if (openedAt != NEVER) {
            openedAt = NEVER;
            cell.closed(reason);
            tell(listener -> listener.streamClosed(info(), reason, cause));
        }
    }

    /** It will never open; but one that goes on as another to observers has opened, and is closed. */
    final void tellFailed(CloseReason reason, @Nullable Throwable cause) {
        if (openedAt != NEVER) {
            tellClosed(reason, cause);
            return;
        }
        cell.failed(reason);
        tell(listener -> listener.streamFailed(info(), reason, cause));
    }

    final void tellStageEnded(Stage stage, long nanos, @Nullable Throwable failure) {
        tell(listener -> listener.stageEnded(info(), stage, nanos, failure));
    }

    final void tellCallbackFailed(Throwable failure) {
        tell(listener -> listener.callbackFailed(info(), failure));
    }

    /** Lets {@code next} go on as the same stream to observers. */
    final void handTo(StreamAccount next) {
        next.openedAt = openedAt;
        openedAt = NEVER;
        if (held != null) {
            next.held = new Held();
            next.held.peakInbound = held.peakInbound;
            next.held.peakOutbound = held.peakOutbound;
        }
    }

    /** Takes note of what the stream holds now. */
    final void holds(int inbound, long outbound) {
        if (held == null) {
            if (inbound == 0 && outbound == 0) {
                return;
            }
            held = new Held();
        }
        long moreInbound = inbound - held.inbound;
        long moreOutbound = outbound - held.outbound;
        if (moreInbound != 0) {
            cell.readBuffer(moreInbound);
            held.inbound = inbound;
            held.peakInbound = Math.max(held.peakInbound, inbound);
        }
        if (moreOutbound != 0) {
            cell.writeBuffer(moreOutbound);
            held.outbound = outbound;
            held.peakOutbound = Math.max(held.peakOutbound, outbound);
        }
        if (moreInbound + moreOutbound != 0) {
            loop().memoryChanged(moreInbound + moreOutbound);
        }
    }

    public final long readBuffer() {
        return held == null ? 0 : held.inbound;
    }

    public final long writeBuffer() {
        return held == null ? 0 : held.outbound;
    }

    final int peakInbound() {
        return held == null ? 0 : held.peakInbound;
    }

    final long peakOutbound() {
        return held == null ? 0 : held.peakOutbound;
    }

    /** How long it has been open; 0 before and afterwards. */
    final long sinceOpened() {
        return openedAt == NEVER ? 0 : loop().nanoTime() - openedAt;
    }

    /** So many bytes were read from the transport. */
    final void received(int count) {
        cell.received(count);
    }

    /** So many bytes were taken by the transport. */
    final void sent(long count) {
        cell.sent(count);
    }

    /** A write was refused because of a limit. */
    final void refusedWrite() {
        cell.refusedWrite();
    }
}
