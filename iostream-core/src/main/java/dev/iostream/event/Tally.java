package dev.iostream.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one thread changes, for the price of a plain add, and any thread may read. */
public final class Tally {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Tally.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    /** Zero. */
    public Tally() {}

    /** Adds {@code amount}, which may be negative. Always from the same thread. */
    public void add(long amount) {
        VALUE.setOpaque(this, value + amount);
    }

    /** Replaces the value. Always from the thread that adds. */
    public void set(long newValue) {
        VALUE.setOpaque(this, newValue);
    }

    /** The value as last seen from this thread. Safe from any thread. */
    public long get() {
        return (long) VALUE.getOpaque(this);
    }

    @Override
    public String toString() {
        return Long.toString(get());
    }
}
