package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.net.SocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Room for any number of connections. */
record UnlimitedSlots(Network.Placement placement, Consumer<Network.Accepted> accepted) implements Slots {
    @Override
    public Slot take() {
        return new Unlimited();
    }

    private final class Unlimited implements Slot {
        @Override
        public boolean admits(@Nullable SocketAddress address, Supplier<? extends @Nullable Object> peer) {
            return true;
        }

        @Override
        public IOLoop place() {
            return placement.next();
        }

        @Override
        public void fill(Transport connection, IOLoop loop) {
            accepted.accept(new Network.Accepted(connection, loop));
        }

        @Override
        public void free() {
            // there is always another
        }
    }
}
