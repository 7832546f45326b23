package dev.iostream.boot.actuate;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.context.InsecureOptions;
import dev.iostream.boot.context.LoopHeartbeat;
import dev.iostream.client.ClientStats;
import dev.iostream.client.ConnectionState;
import dev.iostream.event.LoopStats;
import dev.iostream.event.Printable;
import dev.iostream.loop.MemoryBudget;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.ServerState;
import dev.iostream.server.ServerStats;
import dev.iostream.server.TCPServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All loops, servers and clients at one moment.
 *
 * @param servers by name
 * @param clients by name
 */
public record IOStreamDescriptor(
        List<Loop> loops, Memory memory, Map<String, Server> servers, Map<String, Client> clients)
        implements OperationResponseBody {
    /**
     * A loop.
     *
     * @param heartbeatMillis how long ago it beat last
     * @param lagMillis how late that was
     */
    public record Loop(
            String name,
            boolean running,
            long streams,
            long tasks,
            long timers,
            long turns,
            long busyMillis,
            long failures,
            long blocked,
            long heartbeatMillis,
            long lagMillis) {
        private static final long NANOS_PER_MILLI = 1_000_000;

        static Loop of(LoopHeartbeat heartbeat) {
            LoopStats stats = heartbeat.loop().stats();
            return new Loop(
                    stats.name(),
                    stats.running(),
                    stats.streams(),
                    stats.tasks(),
                    stats.timers(),
                    stats.turns(),
                    stats.busyNanos() / NANOS_PER_MILLI,
                    stats.failures(),
                    stats.blocked(),
                    heartbeat.age().toMillis(),
                    heartbeat.lag().toMillis());
        }
    }

    /** What all connections together have leased of the memory budget, in bytes. */
    public record Memory(long used, long limit) {
        static Memory of(MemoryBudget budget) {
            return new Memory(budget.used(), budget.limit());
        }
    }

    /**
     * A server.
     *
     * @param connections held now, also those that are being secured
     * @param limit how many it holds at most; null for any number
     * @param throttled whether connections wait because of its accept rate
     * @param backingOff whether it waits for the system to have descriptors again
     * @param outdatedTls connections that are open with a TLS context that was replaced since
     * @param insecure what is set so that strangers could read or reach more than they should
     */
    public record Server(
            ServerState state,
            List<String> addresses,
            long connections,
            @Nullable Integer limit,
            boolean full,
            boolean throttled,
            boolean backingOff,
            boolean tls,
            long outdatedTls,
            List<String> insecure) {
        static Server of(ServerBinding binding) {
            TCPServer server = binding.server();
            ServerStats stats = server.stats();
            int most = server.options().maxConnections();
            return new Server(
                    stats.state(),
                    server.localAddresses().stream().map(Printable::address).toList(),
                    stats.connections(),
                    most == ServerOptions.UNLIMITED ? null : most,
                    stats.full(),
                    stats.throttled(),
                    stats.backingOff(),
                    server.tlsOptions() != null,
                    stats.outdatedTls(),
                    InsecureOptions.of(binding));
        }
    }

    /**
     * A client.
     *
     * @param target what it connects to first the next time
     * @param state where the connection stands that it keeps; {@code IDLE} when it keeps none
     * @param connecting attempts that are under way
     * @param lastFailure why it could not connect the last time; null when it could
     */
    public record Client(
            String target,
            ConnectionState state,
            long connections,
            long connecting,
            long connects,
            long failures,
            long reconnects,
            @Nullable String lastFailure,
            boolean tls,
            long outdatedTls,
            List<String> insecure) {
        static Client of(ClientBinding binding) {
            ClientStats stats = binding.client().stats();
            return new Client(
                    Printable.address(stats.target()),
                    stats.state(),
                    stats.streams().active(),
                    stats.connecting(),
                    stats.connects(),
                    stats.failures(),
                    stats.reconnects(),
                    stats.lastFailure() == null ? null : stats.lastFailure().getMessage(),
                    binding.client().tlsOptions() != null,
                    stats.outdatedTls(),
                    InsecureOptions.of(binding.client()));
        }
    }
}
