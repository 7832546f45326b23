package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/** The callbacks of one stream that are due, in the order in which their operations completed. */
final class CallbackLane {
    /** The last of a ring: what follows it is the first. Every stream has a lane, so it is kept small. */
    private @Nullable Delivery last;

    void post(Delivery delivery) {
        Delivery before = last;
        if (before == null) {
            delivery.next = delivery;
        } else {
            delivery.next = before.next;
            before.next = delivery;
        }
        last = delivery;
    }

    boolean isEmpty() {
        return last == null;
    }

    /** Removes the next one, or returns null. */
    @Nullable
    Delivery poll() {
        Delivery end = last;
        if (end == null) {
            return null;
        }
        Delivery first = end.next;
        assert first != null;
        if (first == end) {
            last = null;
        } else {
            end.next = first.next;
        }
        first.next = null;
        return first;
    }
}
