package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/** The callbacks of one stream that are due, in the order in which their operations completed. */
final class CallbackLane {
    private @Nullable Delivery first;
    private @Nullable Delivery last;

    void post(Delivery delivery) {
        if (last == null) {
            first = delivery;
        } else {
            last.next = delivery;
        }
        last = delivery;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Removes the next one, or returns null. */
    @Nullable
    Delivery poll() {
        Delivery delivery = first;
        if (delivery != null) {
            first = delivery.next;
            delivery.next = null;
            if (first == null) {
                last = null;
            }
        }
        return delivery;
    }
}
