package dev.iostream.boot.observation;

import dev.iostream.boot.listener.StreamMessage;
import io.micrometer.observation.Observation;

/** What is known of a message that a listener handles. */
public class ServerMessageContext extends Observation.Context {
    private final StreamMessage message;

    /** That message. */
    public ServerMessageContext(StreamMessage message) {
        this.message = message;
    }

    /** The message, without its content. */
    public StreamMessage getMessage() {
        return message;
    }
}
