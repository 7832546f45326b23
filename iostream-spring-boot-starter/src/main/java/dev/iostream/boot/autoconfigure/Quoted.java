package dev.iostream.boot.autoconfigure;

import java.util.Collection;

/** Names as messages show them. */
final class Quoted {
    private Quoted() {}

    /** Each in quotes, with commas between them. */
    static String names(Collection<String> names) {
        return "'" + String.join("', '", names) + "'";
    }
}
