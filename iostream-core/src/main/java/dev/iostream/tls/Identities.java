package dev.iostream.tls;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which peers are let in, by what their certificates name them. Immutable.
 *
 * <p>An entry says which name it is about and what that may be, where {@code *} stands for any characters:
 *
 * <pre>
 *   CN=term-*                 the common name of the subject
 *   DNS:*.tills.example       a DNS name among the alternative names, in any case
 *   URI:spiffe://bank/till/*  a URI among them
 *   EMAIL:ops@example.org     a mail address among them
 *   SUBJECT:CN=*,O=Bank       the whole subject as RFC 2253 writes it
 * </pre>
 *
 * <p>A peer is let in when one of its names fits one entry.
 */
public final class Identities {
    private final List<Entry> entries;

    /** The parts are what stands between the asterisks. */
    private record Entry(Kind kind, String text, List<String> parts) {
        boolean fits(Identity peer) {
            return kind.names(peer).map(kind::comparable).anyMatch(this::matches);
        }

        /** Takes the first place for each part, which finds a match if there is one, and looks at no place twice. */
        private boolean matches(String name) {
            String first = parts.get(0);
            String last = parts.get(parts.size() - 1);
            if (parts.size() == 1) {
                return name.equals(first);
            }
            int end = name.length() - last.length();
            if (!name.startsWith(first) || !name.endsWith(last)) {
                return false;
            }
            int at = first.length();
            for (String part : parts.subList(1, parts.size() - 1)) {
                int found = name.indexOf(part, at);
                if (found < 0) {
                    return false;
                }
                at = found + part.length();
            }
            return at <= end;
        }
    }

    private enum Kind {
        CN("CN=") {
            @Override
            Stream<String> names(Identity peer) {
                return Stream.ofNullable(peer.commonName());
            }
        },
        DNS("DNS:") {
            @Override
            Stream<String> names(Identity peer) {
                return peer.dnsNames().stream();
            }

            @Override
            String comparable(String name) {
                return name.toLowerCase(Locale.ROOT);
            }
        },
        URI("URI:") {
            @Override
            Stream<String> names(Identity peer) {
                return peer.uris().stream();
            }
        },
        EMAIL("EMAIL:") {
            @Override
            Stream<String> names(Identity peer) {
                return peer.emails().stream();
            }
        },
        SUBJECT("SUBJECT:") {
            @Override
            Stream<String> names(Identity peer) {
                return Stream.of(peer.subject());
            }
        };

        final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        abstract Stream<String> names(Identity peer);

        /** The same for all spellings of one name. */
        String comparable(String name) {
            return name;
        }

        static @Nullable Kind of(String entry) {
            for (Kind kind : values()) {
                if (entry.startsWith(kind.prefix)) {
                    return kind;
                }
            }
            return null;
        }
    }

    private Identities(List<Entry> entries) {
        this.entries = entries;
    }

    /** Those that fit one of the entries. */
    public static Identities allowing(String... entries) {
        return allowing(List.of(entries));
    }

    /**
     * The same.
     *
     * @throws IllegalArgumentException when there is no entry, or one that is not written as it should be
     */
    public static Identities allowing(Collection<String> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(
                    "At least one identity must be allowed; without a list everybody is whose"
                            + " certificate is trusted");
        }
        return new Identities(entries.stream().map(Identities::parse).toList());
    }

    private static Entry parse(String entry) {
        Kind kind = Kind.of(entry);
        if (kind == null || entry.length() == kind.prefix.length()) {
            throw new IllegalArgumentException("An identity is written CN=name, DNS:name, URI:uri, EMAIL:address or"
                    + " SUBJECT:distinguished name, with * for any characters; was '" + entry + "'");
        }
        String name = kind.comparable(entry.substring(kind.prefix.length()));
        return new Entry(kind, entry, List.of(name.split("\\*", -1)));
    }

    /** Whether {@code peer} is let in. */
    public boolean allow(Identity peer) {
        return entries.stream().anyMatch(entry -> entry.fits(peer));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Identities identities && texts().equals(identities.texts());
    }

    @Override
    public int hashCode() {
        return texts().hashCode();
    }

    private List<String> texts() {
        return entries.stream().map(Entry::text).toList();
    }

    @Override
    public String toString() {
        return texts().toString();
    }
}
