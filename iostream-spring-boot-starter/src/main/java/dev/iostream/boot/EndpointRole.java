package dev.iostream.boot;

import java.util.Locale;

/** Whose streams are counted together under a name. */
public enum EndpointRole {
    /** A server's, under {@code iostream.server.<name>}. */
    SERVER,
    /** A client's, under {@code iostream.client.<name>}. */
    CLIENT,
    /** Those that an application makes itself with the factory, together under the name {@code default}. */
    FACTORY;

    /** The word that meters and logs show. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
