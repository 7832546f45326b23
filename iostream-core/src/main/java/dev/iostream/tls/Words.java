package dev.iostream.tls;

import java.time.Duration;
import java.util.Locale;

/** Text of others made fit for messages and logs. */
final class Words {
    private static final int LONGEST = 255;

    private Words() {}

    /** Without control characters, and of bounded length. */
    static String printable(String text) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return shown.replaceAll("[^\\p{Graph}\\p{IsAlphabetic} ]", "?");
    }

    static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
