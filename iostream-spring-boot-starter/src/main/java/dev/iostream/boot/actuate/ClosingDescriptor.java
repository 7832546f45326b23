package dev.iostream.boot.actuate;

import java.util.List;

/**
 * What came of closing a connection.
 *
 * @param closed whether there was one with that id
 * @param busyLoops where it was not found, the loops that have not answered; one of them closes it later if it has it
 */
public record ClosingDescriptor(boolean closed, List<String> busyLoops) {
    static final ClosingDescriptor ABSENT = new ClosingDescriptor(false, List.of());
}
