package dev.iostream.boot.actuate;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.actuate.ConnectionSurvey.Findings;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.context.ServerTraffic;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.StreamOptions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.convert.DurationStyle;

/**
 * Shows loops, servers, clients and their connections, and takes servers out of traffic.
 *
 * <p>It can only be read unless {@code management.endpoint.iostream.access} allows more. The peers of connections are shown
 * as {@code management.endpoint.iostream.show-values} says, and nothing secret ever.
 */
@Endpoint(id = "iostream", defaultAccess = Access.READ_ONLY)
public class IOStreamEndpoint {
    private static final String SERVER = "server";
    private static final String CLIENT = "client";

    /** Connections shown at once unless asked for otherwise. */
    private static final int CONNECTIONS = 100;

    private static final int MOST_CONNECTIONS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final IOLoopGroup group;
    private final LoopHeartbeats heartbeats;
    private final IOStreamServers servers;
    private final IOStreamClients clients;
    private final ServerTraffic traffic;
    private final ConnectionSurvey survey;
    private final Show showValues;

    /**
     * Shows these.
     *
     * @param showValues whether peers are shown where it is not known who asks
     */
    public IOStreamEndpoint(
            IOLoopGroup group,
            LoopHeartbeats heartbeats,
            IOStreamServers servers,
            IOStreamClients clients,
            ServerTraffic traffic,
            Show showValues) {
        this.group = group;
        this.heartbeats = heartbeats;
        this.servers = servers;
        this.clients = clients;
        this.traffic = traffic;
        this.survey = new ConnectionSurvey(group, PATIENCE);
        this.showValues = showValues;
    }

    /** All loops, servers and clients. */
    @ReadOperation
    public IOStreamDescriptor summary() {
        List<IOStreamDescriptor.Loop> loops = new ArrayList<>();
        heartbeats.forEach(heartbeat -> loops.add(IOStreamDescriptor.Loop.of(heartbeat)));
        Map<String, IOStreamDescriptor.Server> ofServers = new LinkedHashMap<>();
        servers.forEach(binding -> ofServers.put(binding.name(), IOStreamDescriptor.Server.of(binding)));
        Map<String, IOStreamDescriptor.Client> ofClients = new LinkedHashMap<>();
        clients.forEach(binding -> ofClients.put(binding.name(), IOStreamDescriptor.Client.of(binding)));
        return new IOStreamDescriptor(loops, IOStreamDescriptor.Memory.of(group.memory()), ofServers, ofClients);
    }

    /**
     * One server or client with its connections.
     *
     * @param kind {@code server} or {@code client}
     * @param limit connections to show at most, 100 if it is left out
     * @return null when there is none of that name
     */
    @ReadOperation
    public @Nullable EndpointDescriptor endpoint(
            @Selector String kind, @Selector String name, @Nullable Integer limit) {
        return endpoint(kind, name, limit, showValues.isShown(true));
    }

    @Nullable
    EndpointDescriptor endpoint(String kind, String name, @Nullable Integer limit, boolean showPeers) {
        int most = limit == null ? CONNECTIONS : limit;
        if (most < 0 || most > MOST_CONNECTIONS) {
            throw invalid("'limit' must be between 0 and " + MOST_CONNECTIONS + ", was " + most);
        }
        Subject subject = find(kind, name);
        if (subject == null) {
            return null;
        }
        Findings found = survey.look(subject.endpoint(), most, showPeers);
        return new EndpointDescriptor(
                name, subject.server, subject.client, subject.streams, found.unanswered(), found.connections());
    }

    /**
     * Takes a server out of traffic, or back.
     *
     * @param kind {@code server}
     * @param state what it is to do
     * @param limit how long connections may take to end when it drains, such as {@code 10s}; a bare number counts seconds.
     *     30 seconds if it is left out, 0 for not at all
     * @return what the server does now; null when there is none of that name
     */
    @WriteOperation
    public IOStreamDescriptor.@Nullable Server state(
            @Selector String kind, @Selector String name, TrafficState state, @Nullable String limit) {
        if (!kind.equals(SERVER)) {
            throw invalid("Only servers are paused, resumed and drained, and '" + kind + "' is not '" + SERVER + "'");
        }
        Duration most = limit == null ? DRAIN : parsed(limit);
        for (ServerBinding binding : servers) {
            if (binding.name().equals(name)) {
                apply(binding, state, most);
                return IOStreamDescriptor.Server.of(binding);
            }
        }
        return null;
    }

    /** Not a {@code Duration} of the operation's: what Boot makes of a bare number there are milliseconds. */
    private static Duration parsed(String limit) {
        Duration most;
        try {
            most = DurationStyle.detectAndParse(limit, ChronoUnit.SECONDS);
        } catch (IllegalArgumentException e) {
            throw invalid("'limit' must be a time such as 10s, was '" + limit + "'");
        }
        if (most.isNegative()) {
            throw invalid("'limit' must not be negative, was " + limit + "; 0 closes all connections at once");
        }
        return most;
    }

    private void apply(ServerBinding binding, TrafficState state, Duration limit) {
        switch (state) {
            case ACCEPTING -> {
                try {
                    traffic.resume(binding);
                } catch (IllegalStateException e) {
                    throw invalid(String.valueOf(e.getMessage()));
                }
            }
            case PAUSED -> traffic.pause(binding);
            case DRAINING -> traffic.drain(binding, limit);
        }
    }

    /**
     * Closes one connection, after what was written has been sent.
     *
     * @param kind {@code server} or {@code client}
     * @param id as it is shown
     */
    @DeleteOperation
    public ClosingDescriptor close(@Selector String kind, @Selector String name, @Selector long id) {
        Subject subject = find(kind, name);
        return subject == null ? ClosingDescriptor.ABSENT : survey.close(subject.endpoint(), id);
    }

    // ---- what is meant

    /** A server or a client. */
    private record Subject(
            dev.iostream.event.Endpoint endpoint,
            IOStreamDescriptor.@Nullable Server server,
            IOStreamDescriptor.@Nullable Client client,
            StreamsDescriptor streams) {
        static Subject of(ServerBinding binding) {
            TCPServer server = binding.server();
            StreamOptions options = server.options().stream();
            return new Subject(
                    options.endpoint(),
                    IOStreamDescriptor.Server.of(binding),
                    null,
                    StreamsDescriptor.of(
                            options, server.tlsOptions(), server.stats().streams()));
        }

        static Subject of(ClientBinding binding) {
            TCPClient client = binding.client();
            StreamOptions options = client.streamOptions();
            return new Subject(
                    options.endpoint(),
                    null,
                    IOStreamDescriptor.Client.of(binding),
                    StreamsDescriptor.of(
                            options, client.tlsOptions(), client.stats().streams()));
        }
    }

    private @Nullable Subject find(String kind, String name) {
        return switch (kind) {
            case SERVER -> find(servers, ServerBinding::name, name, Subject::of);
            case CLIENT -> find(clients, ClientBinding::name, name, Subject::of);
            default ->
                throw invalid("There are servers and clients, under 'server' and 'client', and no '" + kind + "'");
        };
    }

    private static <B> @Nullable Subject find(
            Iterable<B> bindings, Function<B, String> nameOf, String name, Function<B, Subject> subject) {
        for (B binding : bindings) {
            if (nameOf.apply(binding).equals(name)) {
                return subject.apply(binding);
            }
        }
        return null;
    }

    private static InvalidEndpointRequestException invalid(String reason) {
        return new InvalidEndpointRequestException(reason, reason);
    }
}
