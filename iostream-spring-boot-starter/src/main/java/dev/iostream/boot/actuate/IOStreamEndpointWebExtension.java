package dev.iostream.boot.actuate;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint over HTTP, where it is known who asks, and where what is not there has a status of its own. */
@EndpointWebExtension(endpoint = IOStreamEndpoint.class)
public class IOStreamEndpointWebExtension {
    private static final int ACCEPTED = 202;

    private final IOStreamEndpoint endpoint;
    private final Show showValues;
    private final Set<String> roles;

    /**
     * That endpoint over HTTP.
     *
     * @param showValues whom peers are shown to
     * @param roles of which one is enough to be shown peers; none for everybody who is known
     */
    public IOStreamEndpointWebExtension(IOStreamEndpoint endpoint, Show showValues, Set<String> roles) {
        this.endpoint = endpoint;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
    }

    /** One server or client with its connections; 404 when there is none of that name. */
    @ReadOperation
    public WebEndpointResponse<EndpointDescriptor> endpoint(
            SecurityContext securityContext, @Selector String kind, @Selector String name, @Nullable Integer limit) {
        return found(endpoint.endpoint(kind, name, limit, showValues.isShown(securityContext, roles)));
    }

    /** Takes a server out of traffic, or back; 404 when there is none of that name. */
    @WriteOperation
    public WebEndpointResponse<IOStreamDescriptor.Server> state(
            @Selector String kind, @Selector String name, TrafficState state, @Nullable String limit) {
        return found(endpoint.state(kind, name, state, limit));
    }

    /** Closes one connection; 404 when there is none with that id, 202 when it may be on a loop that does not answer. */
    @DeleteOperation
    public WebEndpointResponse<ClosingDescriptor> close(
            @Selector String kind, @Selector String name, @Selector long id) {
        ClosingDescriptor closing = endpoint.close(kind, name, id);
        if (closing.closed()) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
        }
        return closing.busyLoops().isEmpty()
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(closing, ACCEPTED);
    }

    private static <T> WebEndpointResponse<T> found(@Nullable T body) {
        return body == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(body);
    }
}
