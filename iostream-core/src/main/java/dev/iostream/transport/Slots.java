package dev.iostream.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where an acceptor gets room for connections. Called on the acceptor's loop. */
@FunctionalInterface
public interface Slots {
    /** Room for one more connection; null when there is none, which {@link Acceptor#retry()} ends. */
    @Nullable
    Slot take();

    /** The system could not give a connection. The acceptor goes on by itself, after a while. */
    default void failed(IOException failure) {}
}
