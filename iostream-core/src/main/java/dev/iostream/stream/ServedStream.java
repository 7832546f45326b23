package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import java.util.List;

/** A stream as the server sees that it counts towards: to be told of, asked to end, and ended. Confined to its loop. */
public interface ServedStream {
    /** Those on {@code loop} that count towards {@code endpoint}, those that are still sending included. */
    static List<ServedStream> of(Endpoint endpoint, IOLoop loop) {
        return loop.members(endpoint).stream()
                .filter(ServedStream.class::isInstance)
                .map(ServedStream.class::cast)
                .toList();
    }

    /** What users know it as. */
    IOStream stream();

    /** The stream at this moment. */
    StreamInfo info();

    /** Whether its handler knows it: not while a proxy has still to say whom it is from. */
    boolean isServed();

    /** Whether all that was written has left, and the peer was told that nothing more comes. */
    boolean hasSentAll();

    /** Closes it at once and drops what was not sent. */
    void end(CloseReason reason);

    /** Reports what a callback has thrown that was given the stream, and closes the stream because of it. */
    void callbackFailed(Throwable failure);
}
