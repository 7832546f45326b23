package dev.iostream.stream;

import dev.iostream.event.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Searches buffered bytes with a regular expression, each byte being one character, within a budget of steps.
 *
 * <p>Some patterns take time that doubles with each byte of an input made for it. Every look at a byte is a step; one read
 * has 1,000,000 of them and 100 more for each byte that came for it.
 */
final class PatternSearch {
    private static final long STEPS = 1_000_000;
    private static final long STEPS_PER_BYTE = 100;

    private final Pattern pattern;
    private long steps;

    PatternSearch(Pattern pattern) {
        this.pattern = pattern;
    }

    Pattern pattern() {
        return pattern;
    }

    /** How many of the first {@code size} bytes there are up to and including the first match, or -1. */
    int endOf(InboundBuffer buffer, int size) {
        var bytes = new Bytes(buffer, 0, size, STEPS + STEPS_PER_BYTE * size);
        try {
            Matcher matcher = pattern.matcher(bytes);
            return matcher.find() ? matcher.end() : -1;
        } catch (StackOverflowError e) {
            throw new PatternBudgetException(
                    "The pattern " + Printable.quoted(pattern.pattern()) + " needs too deep a recursion for " + size
                            + " bytes; avoid alternatives inside a repetition",
                    e);
        }
    }

    private PatternBudgetException budgetSpent(int size) {
        return new PatternBudgetException(
                "The pattern " + Printable.quoted(pattern.pattern()) + " took over " + steps + " steps for " + size
                        + " bytes; make it simpler, or read with a delimiter",
                null);
    }

    /** Buffered bytes as characters. */
    private final class Bytes implements CharSequence {
        private final InboundBuffer buffer;
        private final int start;
        private final int length;
        private final long budget;

        Bytes(InboundBuffer buffer, int start, int length, long budget) {
            this.buffer = buffer;
            this.start = start;
            this.length = length;
            this.budget = budget;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public char charAt(int index) {
            if (++steps > budget) {
                throw budgetSpent(length);
            }
            return (char) (buffer.get(start + index) & 0xFF);
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return new Bytes(buffer, start + from, to - from, budget);
        }

        @Override
        public String toString() {
            var text = new StringBuilder(length);
            for (int i = 0; i < length; i++) {
                text.append((char) (buffer.get(start + i) & 0xFF));
            }
            return text.toString();
        }
    }
}
