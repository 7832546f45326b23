package dev.iostream.stream;

import dev.iostream.stream.ContextCarrier.Carried;
import dev.iostream.stream.ContextCarrier.Placed;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A callback with what it is to be given: an entry of a {@link CallbackLane}, linked there without another object. */
abstract class Delivery {
    @Nullable
    Delivery next;

    /** What is to be there when the callback is called, or null. */
    private @Nullable Carried carried;

    /** Lets the callback be called with what belongs to the calling thread now. */
    final Delivery carriedBy(ContextCarrier carrier) {
        if (carrier != ContextCarrier.NONE) {
            carried = carrier.capture();
        }
        return this;
    }

    final @Nullable Carried carried() {
        return carried;
    }

    /** Calls the callback, with what was carried. */
    final void call() throws Exception {
        Carried here = carried;
        if (here == null) {
            run();
            return;
        }
        // what is called may be used again for another callback
        carried = null;
        Placed placed = here.place();
        try {
            run();
        } finally {
            placed.close();
        }
    }

    /** Calls the callback. */
    abstract void run() throws Exception;

    static Delivery of(StreamCallback callback, IOStream stream) {
        Objects.requireNonNull(callback, "callback");
        return new Delivery() {
            @Override
            void run() throws Exception {
                callback.call(stream);
            }
        };
    }

    static Delivery of(Runnable callback) {
        return new Delivery() {
            @Override
            void run() {
                callback.run();
            }
        };
    }
}
