package dev.iostream.stream;

/** A read could not be satisfied, or a write not be taken, within a limit. The message names the limit and its setting. */
public final class BufferFullException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    BufferFullException(String message) {
        super(message);
    }

    static BufferFullException unsatisfiable(ReadRequest read, int maxBytes) {
        return unsatisfiable(read, new Limit(maxBytes, "maxBytes of the read"));
    }

    static BufferFullException unsatisfiable(ReadRequest read, Limit limit) {
        return new BufferFullException(
                "Could not complete " + read.describe() + " within " + limit + "; the connection is closed");
    }
}
