package dev.iostream.stream;

/** Text that peers or users gave, made safe to show in messages and logs. */
final class Printable {
    private static final int LONGEST = 32;

    private Printable() {}

    /** In double quotes, with every character but plain ASCII escaped, cut after 32. */
    static String quoted(String text) {
        var shown = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                case '"', '\\' -> shown.append('\\').append(c);
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        shown.append(c);
                    } else {
                        shown.append(String.format("\\x%02X", (int) c));
                    }
                }
            }
        }
        return shown.append(text.length() > LONGEST ? "…\"" : "\"").toString();
    }
}
