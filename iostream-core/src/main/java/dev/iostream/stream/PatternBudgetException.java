package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/** A pattern took more steps, or deeper recursion, than one read may. The message names the pattern and the remedy. */
public final class PatternBudgetException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    PatternBudgetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
