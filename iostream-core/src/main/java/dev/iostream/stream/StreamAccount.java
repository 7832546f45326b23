package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.loop.IOLoop;
import org.jspecify.annotations.Nullable;

/** What the endpoint, the loop's memory and the listener were told of one stream, so that each is told only of changes. */
final class StreamAccount {
    private final IOLoop loop;
    private final Endpoint.Cell cell;
    private final IOListener listener;
    /** Observers were told that it opened, and are to be told that it closed. */
    private boolean announced;

    private long received;
    private long sent;
    private long inbound;
    private long outbound;

    StreamAccount(IOLoop loop, StreamOptions options) {
        this.loop = loop;
        this.cell = options.endpoint().cell(loop);
        this.listener = options.listener();
    }

    void opened(StreamDriver stream) {
        if (!announced) {
            announced = true;
            cell.opened();
            if (listener != IOListener.NONE) {
                listener.streamOpened(stream.info());
            }
        }
    }

    void closed(StreamDriver stream, CloseReason reason, @Nullable Throwable cause) {
        if (announced) {
            announced = false;
            cell.closed(reason);
            if (listener != IOListener.NONE) {
                listener.streamClosed(stream.info(), reason, cause);
            }
        }
    }

    /** Lets {@code next} go on as the same stream to observers. */
    void handTo(StreamAccount next) {
        next.announced = announced;
        announced = false;
    }

    void update(long nowReceived, long nowSent, long nowInbound, long nowOutbound) {
        if (nowReceived != received) {
            cell.received(nowReceived - received);
            received = nowReceived;
        }
        if (nowSent != sent) {
            cell.sent(nowSent - sent);
            sent = nowSent;
        }
        long change = nowInbound - inbound + nowOutbound - outbound;
        if (nowInbound != inbound) {
            cell.readBuffer(nowInbound - inbound);
            inbound = nowInbound;
        }
        if (nowOutbound != outbound) {
            cell.writeBuffer(nowOutbound - outbound);
            outbound = nowOutbound;
        }
        if (change != 0) {
            loop.memoryChanged(change);
        }
    }

    long held() {
        return inbound + outbound;
    }

    String endpoint() {
        return cell.endpoint();
    }
}
