package dev.iostream.stream;

/**
 * A read that is pending, and once it is complete the delivery of its result.
 *
 * <p>One kind of read is one subclass: it knows what completes it, and whom to call then. It is replaced as a whole or
 * gone; nobody else remembers anything about a read.
 */
abstract sealed class ReadRequest extends Delivery
        permits MessageRead, IntoRead, StreamingRead, UntilCloseRead, PipeRead {
    /**
     * Takes what completes this read from the buffer.
     *
     * @param last whether no byte will be added to the buffer any more
     * @return whether it is complete and can be delivered
     * @throws BufferFullException when no further byte can complete it within its limit
     * @throws PatternBudgetException when it would take too long to find out
     */
    abstract boolean advance(InboundBuffer buffer, boolean last);

    /**
     * Completes this read because no byte will come any more, if it is of a kind that ends so.
     *
     * @return whether it is complete and can be delivered
     */
    boolean end(InboundBuffer buffer) {
        return false;
    }

    /** Whether it is to be tried only when the transport has nothing more to give. */
    boolean isPatient() {
        return false;
    }

    /** Whether it is complete without a byte. */
    boolean wantsNothing() {
        return false;
    }

    /** How many bytes it wants to be read at once at most. */
    int mostAtOnce() {
        return InboundBuffer.CHUNK;
    }

    /** Whether what is buffered is to be handed over as it is, by {@link #handOver}. */
    boolean takesChunks() {
        return false;
    }

    /** Hands over a chunk of what is buffered, at least one byte. */
    void handOver(InboundBuffer buffer) {
        throw new IllegalStateException(describe() + " takes no chunks");
    }

    /** Whether handing over so many bytes and no more completes it. */
    boolean completesWith(int buffered) {
        return false;
    }

    /** Whether it wants no bytes for the time being. */
    boolean isPaused() {
        return false;
    }

    /** Whether it is a message, which the first-byte and the read deadline are about. */
    boolean isMessage() {
        return false;
    }

    /** Whether it has a part of its message already, which is not buffered any more. */
    boolean hasBegun() {
        return false;
    }

    /** Is told that the read will never complete, because the stream has closed or it was cancelled. */
    void abandoned() {}

    /** The call as the user made it, for messages. */
    abstract String describe();
}
