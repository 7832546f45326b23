package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/** A callback with what it is to be given: an entry of a {@link CallbackLane}, linked there without another object. */
abstract class Delivery {
    @Nullable
    Delivery next;

    /** Calls the callback. */
    abstract void run() throws Exception;

    static Delivery of(Runnable callback) {
        return new Delivery() {
            @Override
            void run() {
                callback.run();
            }
        };
    }
}
