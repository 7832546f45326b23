package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/**
 * The callbacks of one stream that are due, in the order in which their operations completed. A stream is its own lane,
 * so that there is not an object more for each.
 */
class CallbackLane {
    /** The last of a ring: what follows it is the first. */
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

    final boolean hasCallbacks() {
        return last != null;
    }

    /** Removes the next one, or returns null. */
    @Nullable
    final Delivery nextCallback() {
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
