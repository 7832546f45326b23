package dev.iostream.stream;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Who is to be told how far what was written has left. Each is told once. */
final class SendWaiters {
    /** The last callback for all that was written, to be used again once it was called. */
    private @Nullable Sent allSent;

    private boolean allSentDue;
    private @Nullable Delivery writable;
    private @Nullable Delivery shutDown;
    private @Nullable ArrayDeque<Mark> marks;

    /** A callback of the user's for what was written. */
    private static final class Sent extends Delivery {
        private @Nullable Runnable callback;

        boolean isFree() {
            return callback == null;
        }

        void with(Runnable newCallback, ContextCarrier context) {
            callback = newCallback;
            carriedBy(context);
        }

        @Override
        void run() {
            Runnable called = callback;
            assert called != null;
            callback = null;
            called.run();
        }
    }

    /** Somebody who waits until so many bytes have been sent. */
    private record Mark(long position, Delivery reached) {}

    /** Told when all has left; the last one set counts. */
    void allSent(Runnable callback, ContextCarrier context) {
        Sent told = allSent;
        if (told == null || !(allSentDue || told.isFree())) {
            told = new Sent();
            allSent = told;
        }
        told.with(callback, context);
        allSentDue = true;
    }

    /** Told when no more than the low water mark is unsent; the last one set counts. */
    void writable(Delivery callback) {
        writable = callback;
    }

    /** Told when so many bytes have been sent. */
    void mark(long position, Delivery reached) {
        if (marks == null) {
            marks = new ArrayDeque<>(2);
        }
        marks.addLast(new Mark(position, reached));
    }

    /** Told when the peer has been told that nothing more will come. */
    void shutDown(Delivery callback) {
        shutDown = callback;
    }

    /**
     * Tells those whose time has come.
     *
     * @param left whether what the queue has given to the transport has left that, too
     */
    void tell(StreamDriver driver, WriteSide writes, boolean left) {
        while (left && marks != null && !marks.isEmpty() && marks.getFirst().position() <= writes.sent()) {
            driver.post(marks.removeFirst().reached());
        }
        if (writable != null && writes.isWritableAgain()) {
            if (driver.loop().hasHadItsShare()) {
                driver.flushLater();
            } else {
                driver.post(writable);
                writable = null;
            }
        }
        if (allSentDue && left && writes.isEmpty()) {
            assert allSent != null;
            allSentDue = false;
            driver.post(allSent);
        }
    }

    /** Tells that the peer has been told that nothing more will come. */
    void tellShutDown(StreamDriver driver) {
        if (shutDown != null) {
            driver.post(shutDown);
            shutDown = null;
        }
    }
}
