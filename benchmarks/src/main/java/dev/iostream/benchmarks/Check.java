package dev.iostream.benchmarks;

import java.util.Locale;
import java.util.Optional;

/**
 * One sentence of a target, held against what was measured.
 *
 * @param target P1 to P14
 * @param what is compared with what
 * @param atMost whether less is better
 * @param limit what the median has to keep to
 * @param finding what was measured, and where
 */
record Check(String target, String what, boolean atMost, double limit, Finding finding) {
    static Check atMost(String target, String what, double limit, Finding finding) {
        return new Check(target, what, true, limit, finding);
    }

    static Check atLeast(String target, String what, double limit, Finding finding) {
        return new Check(target, what, false, limit, finding);
    }

    /** What was measured; nothing when it was not. */
    Optional<Spread> seen() {
        return finding.spread();
    }

    /** Whether the median keeps to the limit; nothing when it was not measured. */
    Optional<Boolean> met() {
        return seen().map(spread -> keeps(spread.median()));
    }

    /** Whether it was measured and does not keep to the limit. */
    boolean missed() {
        return !met().orElse(true);
    }

    private boolean keeps(double value) {
        return atMost ? value <= limit : value >= limit;
    }

    /** Whether it was measured and not all rounds agree on it. */
    boolean isClose() {
        return seen().filter(spread -> keeps(spread.min()) != keeps(spread.max()))
                .isPresent();
    }

    /** In words; a miss or a success that not all rounds agree on is called close. */
    String verdict() {
        if (seen().isEmpty()) {
            return "not measured";
        }
        return (missed() ? "MISSED" : "met") + (isClose() ? ", close" : "");
    }

    String demand() {
        return (atMost ? "≤ " : "≥ ") + show(limit);
    }

    String evidence() {
        return seen().map(spread ->
                        "%s (%s to %s)".formatted(show(spread.median()), show(spread.min()), show(spread.max())))
                .orElse("–");
    }

    private static String show(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%,.0f", value);
    }
}
