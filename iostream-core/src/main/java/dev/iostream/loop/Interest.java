package dev.iostream.loop;

import java.nio.channels.SelectionKey;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The kinds of readiness, as bits that can be combined. The values are those of {@link SelectionKey}. */
public final class Interest {
    /** Nothing. */
    public static final int NONE = 0;
    /** Bytes to read, an end of stream, or a failure to be told of by reading. */
    public static final int READ = SelectionKey.OP_READ;
    /** Room to write. */
    public static final int WRITE = SelectionKey.OP_WRITE;
    /** A connection made or refused. */
    public static final int CONNECT = SelectionKey.OP_CONNECT;
    /** A connection to accept. */
    public static final int ACCEPT = SelectionKey.OP_ACCEPT;

    private static final Map<Integer, String> NAMES =
            new TreeMap<>(Map.of(READ, "READ", WRITE, "WRITE", CONNECT, "CONNECT", ACCEPT, "ACCEPT"));

    private Interest() {}

    /** Whether any bit of {@code kinds} is in {@code interest}. */
    public static boolean has(int interest, int kinds) {
        return (interest & kinds) != 0;
    }

    /** The kinds by name, for messages: {@code READ|WRITE}. */
    static String describe(int interest) {
        var names = new StringJoiner("|").setEmptyValue("NONE");
        int unnamed = interest;
        for (Map.Entry<Integer, String> kind : NAMES.entrySet()) {
            if (has(interest, kind.getKey())) {
                names.add(kind.getValue());
                unnamed &= ~kind.getKey();
            }
        }
        return unnamed == 0
                ? names.toString()
                : names.add("0x" + Integer.toHexString(unnamed)).toString();
    }
}
