package dev.iostream.boot.context;

import dev.iostream.boot.IOStreamServerStoppingEvent;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.ShutdownOptions;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerState;
import dev.iostream.server.ServerStats;
import dev.iostream.server.TCPServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets the connections of all servers end before the servers close: refuses traffic, waits for load balancers to notice
 * where that is wanted, and drains. Nothing here keeps the thread that stops the context; the drains of all servers run at
 * the same time, beside those of web servers, and end a second before the time of the shutdown phase is over.
 */
public final class IOStreamServerDrainLifecycle implements SmartLifecycle {
    /** The phase in which web servers let their requests end. */
    public static final int PHASE = DEFAULT_PHASE - 1024;

    private static final Log LOG = LogFactory.getLog(IOStreamServerDrainLifecycle.class);

    /** What is left of the phase for the answers of the drains to arrive. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final IOStreamServers servers;
    private final IOLoopGroup group;
    private final ApplicationContext context;
    private final Duration limit;
    private boolean refusing;
    private volatile boolean running;

    /**
     * Drains these servers, which run on that group.
     *
     * @param context is told that the application refuses traffic
     * @param phaseTimeout how long a shutdown phase may last
     */
    public IOStreamServerDrainLifecycle(
            IOStreamServers servers, IOLoopGroup group, ApplicationContext context, Duration phaseTimeout) {
        this.servers = servers;
        this.group = group;
        this.context = context;
        this.limit = limit(phaseTimeout);
    }

    /** How long delays and drains may take together in a shutdown phase of that length. */
    public static Duration limit(Duration phaseTimeout) {
        Duration most = phaseTimeout.minus(MARGIN);
        Duration least = phaseTimeout.dividedBy(2);
        return most.compareTo(least) > 0 ? most : least;
    }

    @Override
    public synchronized void start() {
        running = true;
        if (refusing) {
            refusing = false;
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        refuseTraffic();
        if (Stopping.isOnLoop(group)) {
            LOG.info("Connections are not waited for, since a callback of one of them stops the application");
            callback.run();
            return;
        }
        List<CompletableFuture<?>> drains = new ArrayList<>();
        servers.forEach(binding -> drains.add(drain(binding)));
        CompletableFuture.allOf(drains.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> callback.run());
    }

    private synchronized void refuseTraffic() {
        running = false;
        if (servers.names().isEmpty()) {
            return;
        }
        refusing = true;
        tell(() -> AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC));
        servers.forEach(binding -> tell(() -> context.publishEvent(new IOStreamServerStoppingEvent(binding.server()))));
    }

    /** A listener that fails is not to cost the connections their drain. */
    private static void tell(Runnable publication) {
        try {
            publication.run();
        } catch (RuntimeException e) {
            LOG.warn("A listener failed when it was told that servers stop; they are drained all the same", e);
        }
    }

    private CompletableFuture<?> drain(ServerBinding binding) {
        ShutdownOptions shutdown = binding.shutdown();
        TCPServer server = binding.server();
        ServerStats stats = server.stats();
        boolean drains = stats.state() == ServerState.DRAINING;
        boolean listens = !drains && stats.state() != ServerState.STOPPED;
        if (!shutdown.graceful() || (!listens && stats.connections() == 0)) {
            return CompletableFuture.completedFuture(null);
        }
        // a load balancer has noticed that a server does not listen
        Duration delay = listens ? shorter(shutdown.preDrainDelay(), limit) : Duration.ZERO;
        Duration left = limit.minus(delay);
        Duration grace = shutdown.gracePeriod() == null ? left : shorter(shutdown.gracePeriod(), left);
        CompletableFuture<?> drained = after(delay)
                .thenCompose(waited -> server.drain(grace))
                .thenAccept(ends -> LOG.info(
                        "Server '" + binding.name() + "' drained " + ends.ended() + ", forced " + ends.forced()));
        // a drain that has begun before may take longer than that
        return drains ? CompletableFuture.anyOf(drained, after(grace)) : drained;
    }

    private CompletableFuture<Void> after(Duration delay) {
        var passed = new CompletableFuture<Void>();
        if (delay.isZero()) {
            passed.complete(null);
            return passed;
        }
        IOLoop loop = group.next();
        try {
            loop.addCallback(() -> loop.addTimeout(delay, () -> passed.complete(null)));
        } catch (RejectedExecutionException e) {
            // no loop is left, and so no connection to wait for
            passed.complete(null);
        }
        return passed;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** False, as the servers are not paused. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
