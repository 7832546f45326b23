package dev.iostream.boot.ssl;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An SSL bundle cannot be used. The message says why, without a password, a key or the text of a store. */
public final class SslBundleFailure extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String bundle;
    private final Kind kind;
    private final boolean ofTrust;
    private final String problem;

    /** What is wrong. */
    public enum Kind {
        /** There is no bundle of that name. */
        UNKNOWN_BUNDLE,
        /** A file of it is not there. */
        MISSING_FILE,
        /** A password is wrong, or missing. */
        WRONG_PASSWORD,
        /** A file of it is none of the kind that it should be. */
        UNREADABLE,
        /** Its key does not go with its certificate, or has none. */
        UNUSABLE_KEY,
        /** Its certificate is not valid now. */
        EXPIRED,
        /** No handshake comes about with it. */
        NO_HANDSHAKE
    }

    SslBundleFailure(String bundle, Kind kind, boolean ofTrust, String problem, @Nullable Throwable cause) {
        super("SSL bundle '" + bundle + "': " + problem, cause);
        this.bundle = Objects.requireNonNull(bundle, "bundle");
        this.kind = Objects.requireNonNull(kind, "kind");
        this.ofTrust = ofTrust;
        this.problem = problem;
    }

    /** The name of the bundle. */
    public String getBundle() {
        return bundle;
    }

    /** What is wrong. */
    public Kind getKind() {
        return kind;
    }

    /** Whether it is wrong with what says who is trusted, and not with the key. */
    public boolean isOfTrust() {
        return ofTrust;
    }

    /** What is wrong, without the name of the bundle. */
    public String getProblem() {
        return problem;
    }
}
