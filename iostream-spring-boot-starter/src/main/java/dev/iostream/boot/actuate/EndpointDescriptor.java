package dev.iostream.boot.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A server or a client, with its connections.
 *
 * @param server what the summary says of it; null for a client
 * @param client what the summary says of it; null for a server
 * @param streams how its streams are made, and what they add up to
 * @param busyLoops loops that did not answer, so that their connections are missing
 * @param connections those that hold most first, as many as were asked for
 */
public record EndpointDescriptor(
        String name,
        IOStreamDescriptor.@Nullable Server server,
        IOStreamDescriptor.@Nullable Client client,
        StreamsDescriptor streams,
        List<String> busyLoops,
        List<ConnectionDescriptor> connections)
        implements OperationResponseBody {}
