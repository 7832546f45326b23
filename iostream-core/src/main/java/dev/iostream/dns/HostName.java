package dev.iostream.dns;

import java.net.IDN;
import java.net.UnknownHostException;
import java.util.Locale;

/** What may be asked of the system: names only, since its parser takes odd numbers and the empty text for addresses. */
final class HostName {
    /** RFC 1035, section 2.3.4. */
    private static final int LONGEST = 255;

    private static final int LONGEST_LABEL = 63;

    private HostName() {}

    /** The form in which two spellings of a name are equal. */
    static String key(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * The name in ASCII and lower case.
     *
     * @throws UnknownHostException when it cannot be a name, with the reason as its message
     */
    static String toAscii(String host) throws UnknownHostException {
        String name = key(host.length() > LONGEST || isAscii(host) ? host : punycode(host));
        if (name.isEmpty()) {
            throw new UnknownHostException("the name is empty");
        }
        if (name.length() > LONGEST) {
            throw new UnknownHostException("a name has at most " + LONGEST + " characters");
        }
        int last = 0;
        for (int start = 0; start <= name.length(); start = last + 1) {
            int dot = name.indexOf('.', start);
            last = dot < 0 ? name.length() : dot;
            checkLabel(name, start, last);
        }
        if (isNumber(name.substring(name.lastIndexOf('.') + 1))) {
            throw new UnknownHostException("it is neither a name nor an IP address; IPv4 has four decimal parts");
        }
        // with its final dot, since that keeps the system from trying its search domains
        return host.endsWith(".") ? name + "." : name;
    }

    private static boolean isAscii(String host) {
        return host.chars().allMatch(character -> character < 0x80);
    }

    /** RFC 3490: names in other scripts are asked for in this form. */
    private static String punycode(String host) throws UnknownHostException {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException("it is not an internationalized name: " + e.getMessage());
        }
    }

    private static void checkLabel(String name, int start, int end) throws UnknownHostException {
        if (start == end || end - start > LONGEST_LABEL) {
            throw new UnknownHostException("between dots a name has 1 to " + LONGEST_LABEL + " characters");
        }
        for (int i = start; i < end; i++) {
            char character = name.charAt(i);
            boolean good = (character >= 'a' && character <= 'z')
                    || (character >= '0' && character <= '9')
                    || character == '-'
                    || character == '_';
            if (!good) {
                throw new UnknownHostException("a name has letters, digits, '-', '_' and dots only");
            }
        }
    }

    /** Whether the system's parser could take the last part, and so the whole, for a number. */
    private static boolean isNumber(String label) {
        boolean hexadecimal = label.startsWith("0x");
        return label.substring(hexadecimal ? 2 : 0)
                .chars()
                .allMatch(character -> Character.digit(character, hexadecimal ? 16 : 10) >= 0);
    }
}
