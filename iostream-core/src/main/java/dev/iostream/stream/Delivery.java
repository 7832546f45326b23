package dev.iostream.stream;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A callback with what it is to be given: an entry of a {@link CallbackLane}, linked there without another object. */
abstract class Delivery {
    @Nullable
    Delivery next;

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
