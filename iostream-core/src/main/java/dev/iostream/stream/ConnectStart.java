package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/**
 * Whether connecting could be begun.
 *
 * @param code 0, or -1 when it could not; the failure callback is called in that case too
 * @param message why it could not, or null
 */
public record ConnectStart(int code, @Nullable String message) {
    static final ConnectStart STARTED = new ConnectStart(0, null);
}
