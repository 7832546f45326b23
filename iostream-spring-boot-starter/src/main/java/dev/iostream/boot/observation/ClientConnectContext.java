package dev.iostream.boot.observation;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import io.micrometer.observation.Observation;
import java.net.SocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is known of a connection that is being made. */
public class ClientConnectContext extends Observation.Context {
    private final EndpointRole role;
    private final String endpoint;
    private final SocketAddress target;
    private @Nullable SocketAddress peer;
    private @Nullable String tlsProtocol;
    private String outcome = "unknown";

    /** A connection of that client to that target. */
    public ClientConnectContext(EndpointRole role, String endpoint, SocketAddress target) {
        this.role = role;
        this.endpoint = endpoint;
        this.target = target;
    }

    /** Whether it is a client's, or of the application's own. */
    public EndpointRole getRole() {
        return role;
    }

    /** The name of the client. */
    public String getEndpoint() {
        return endpoint;
    }

    /** What was asked for, not resolved if that is a name. */
    public SocketAddress getTarget() {
        return target;
    }

    /** What it is connected to; null until it is. */
    public @Nullable SocketAddress getPeer() {
        return peer;
    }

    /** What it is encrypted with, such as {@code TLSv1.3}; null for plain, or before the handshake has ended. */
    public @Nullable String getTlsProtocol() {
        return tlsProtocol;
    }

    /** {@code unknown} until it has ended, then {@code success} or a close reason in lower case. */
    public String getOutcome() {
        return outcome;
    }

    void opened(@Nullable SocketAddress at, @Nullable String protocol) {
        peer = at;
        tlsProtocol = protocol;
        outcome = "success";
    }

    void failed(CloseReason reason) {
        outcome = reason.name().toLowerCase(Locale.ROOT);
    }
}
