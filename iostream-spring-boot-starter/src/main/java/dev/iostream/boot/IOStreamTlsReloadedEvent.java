package dev.iostream.boot;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;

/**
 * The SSL bundle of a server or client was updated: new connections use it, or it cannot be used and the former one stays.
 * Published on the thread that updated the bundle.
 */
public final class IOStreamTlsReloadedEvent extends ApplicationEvent {
    private static final long serialVersionUID = 1L;

    private final EndpointRole role;
    private final String endpoint;
    private final String bundle;
    private final @Nullable String subject;
    private final @Nullable Instant expiry;
    private final @Nullable Throwable failure;

    private IOStreamTlsReloadedEvent(
            Object source,
            EndpointRole role,
            String endpoint,
            String bundle,
            @Nullable String subject,
            @Nullable Instant expiry,
            @Nullable Throwable failure) {
        super(source);
        this.role = Objects.requireNonNull(role, "role");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.bundle = Objects.requireNonNull(bundle, "bundle");
        this.subject = subject;
        this.expiry = expiry;
        this.failure = failure;
    }

    /** New connections use the bundle; its certificate, if it has one, is this. */
    public static IOStreamTlsReloadedEvent succeeded(
            Object source,
            EndpointRole role,
            String endpoint,
            String bundle,
            @Nullable String subject,
            @Nullable Instant expiry) {
        return new IOStreamTlsReloadedEvent(source, role, endpoint, bundle, subject, expiry, null);
    }

    /** The bundle cannot be used. */
    public static IOStreamTlsReloadedEvent failed(
            Object source, EndpointRole role, String endpoint, String bundle, Throwable failure) {
        return new IOStreamTlsReloadedEvent(source, role, endpoint, bundle, null, null, failure);
    }

    /** Whether it is a server's or a client's. */
    public EndpointRole getRole() {
        return role;
    }

    /** The name of the server or client. */
    public String getEndpoint() {
        return endpoint;
    }

    /** The name of the bundle. */
    public String getBundle() {
        return bundle;
    }

    /** Whether new connections use the bundle. */
    public boolean isSuccessful() {
        return failure == null;
    }

    /** Whose the new certificate is; null for a bundle without certificate, and after a failure. */
    public @Nullable String getSubject() {
        return subject;
    }

    /** When the new certificate expires; null as the subject is. */
    public @Nullable Instant getExpiry() {
        return expiry;
    }

    /** Why the bundle cannot be used, without a secret; null when it can. */
    public @Nullable Throwable getFailure() {
        return failure;
    }
}
