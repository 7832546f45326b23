package dev.iostream.stream;

/**
 * A number of bytes that is not to be exceeded, and where it was set.
 *
 * @param bytes at least 1
 * @param setting where to change it, as messages show it: an option, a parameter or a property
 */
public record Limit(long bytes, String setting) {
    /** Checks that the limit lets at least one byte pass. */
    public Limit {
        if (bytes < 1) {
            throw new IllegalArgumentException(setting + " must be at least 1 byte, was " + bytes);
        }
    }

    @Override
    public String toString() {
        return bytes + " bytes (" + setting + ")";
    }
}
