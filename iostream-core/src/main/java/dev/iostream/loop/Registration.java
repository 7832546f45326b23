package dev.iostream.loop;

/** A channel that a loop watches for one handler. Confined to the loop. */
public interface Registration {
    /** Replaces what the handler is told about. */
    void watch(int interest);

    /** Ends the registration; the handler is told nothing more, not even what this turn has already found. */
    void cancel();
}
