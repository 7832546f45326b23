package dev.iostream.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The channels that users watch on one loop, each with its handler. Confined to the loop. */
final class ChannelHandlers {
    private static final int SWEPT_AT_LEAST = 64;

    private final Poller poller;
    private final LoopExceptionHandler failures;
    private Map<SelectableChannel, Watched> handlers = new IdentityHashMap<>();
    private int sweepAt = SWEPT_AT_LEAST;

    ChannelHandlers(Poller poller, LoopExceptionHandler failures) {
        this.poller = poller;
        this.failures = failures;
    }

    void add(SelectableChannel channel, int events, ChannelHandler handler) {
        requireEventsOf(channel, events);
        if (handlers.containsKey(channel)) {
            throw new IllegalStateException("The channel has a handler already: " + channel
                    + "; use updateHandler for other events, or removeHandler before another handler");
        }
        if (channel.isBlocking()) {
            throw new IllegalStateException("The channel is in blocking mode: " + channel
                    + "; call configureBlocking(false) before addHandler");
        }
        sweep();
        var watched = new Watched(channel, handler);
        try {
            watched.registration = poller.register(channel, watched);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not watch " + channel + ": " + because(e), e);
        }
        handlers.put(channel, watched);
        watched.watch(events);
    }

    void update(SelectableChannel channel, int events) {
        requireEventsOf(channel, events);
        Watched watched = handlers.get(channel);
        if (watched == null) {
            throw new IllegalStateException("The channel has no handler: " + channel + "; use addHandler first");
        }
        watched.watch(events);
    }

    boolean remove(SelectableChannel channel) {
        Watched watched = handlers.remove(channel);
        if (watched == null) {
            return false;
        }
        watched.cancel();
        return true;
    }

    int size() {
        return handlers.size();
    }

    /** Forgets all handlers, and closes their channels if told so. None may be added any more. */
    void end(boolean closeChannels) {
        Iterator<Watched> ending = handlers.values().iterator();
        // whoever removes one meanwhile does not disturb this; a copy would need memory, which may be what there is
        // none of
        handlers = Collections.emptyMap();
        while (ending.hasNext()) {
            ending.next().end(closeChannels);
        }
    }

    /** Channels that were closed without removing their handler are let go of, now and then. */
    private void sweep() {
        if (handlers.size() >= sweepAt) {
            handlers.keySet().removeIf(channel -> !channel.isOpen());
            sweepAt = Math.max(SWEPT_AT_LEAST, 2 * handlers.size());
        }
    }

    private static void requireEventsOf(SelectableChannel channel, int events) {
        if ((events & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException("Events " + Interest.describe(events) + " are not all among "
                    + Interest.describe(channel.validOps()) + ", which is what can happen to " + channel);
        }
    }

    private static String because(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /** A channel, what it is watched for, and who is told. */
    private final class Watched implements ReadyHandler {
        private final SelectableChannel channel;
        private final ChannelHandler handler;
        private @Nullable Registration registration;
        private int events;

        Watched(SelectableChannel channel, ChannelHandler handler) {
            this.channel = channel;
            this.handler = handler;
        }

        void watch(int newEvents) {
            events = newEvents;
            if (registration != null) {
                registration.watch(newEvents);
            }
        }

        void cancel() {
            events = Interest.NONE;
            if (registration != null) {
                registration.cancel();
            }
        }

        void end(boolean closeChannel) {
            try {
                cancel();
            } catch (Throwable failure) {
                failures.failed(failure);
            }
            if (closeChannel) {
                close();
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (Throwable failure) {
                failures.failed(failure);
            }
        }

        @Override
        public void ready(int interest) {
            // another handler of this turn may have asked for less, or for nothing
            int wanted = interest & events;
            if (wanted == Interest.NONE) {
                return;
            }
            try {
                handler.ready(channel, wanted);
            } catch (Throwable failure) {
                failures.failed(failure);
            }
        }
    }
}
