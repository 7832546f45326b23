package dev.iostream.boot.context;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.client.ConnectionState;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.loop.IOLoopGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.SmartLifecycle;

/**
 * Lets eager clients connect when the context starts, and ends all that clients have open when it stops: after the servers,
 * whose handlers use them. Connections that ran then are started again with the context.
 */
public final class IOStreamClientLifecycle implements SmartLifecycle {
    /** After the loops, and before the servers. */
    public static final int PHASE = DEFAULT_PHASE - 3072;

    private final IOStreamClients clients;
    private final IOLoopGroup group;
    private final Set<String> startAgain = new HashSet<>();
    private volatile boolean running;

    /** Starts and stops these clients, which run on that group. */
    public IOStreamClientLifecycle(IOStreamClients clients, IOLoopGroup group) {
        this.clients = clients;
        this.group = group;
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        for (ClientBinding binding : clients) {
            if (binding.eager() || startAgain.contains(binding.name())) {
                binding.connection().start();
            }
        }
        startAgain.clear();
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        List<CompletableFuture<Void>> stops = stopAll();
        if (Stopping.isOnLoop(group)) {
            callback.run();
        } else {
            CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> callback.run());
        }
    }

    private synchronized List<CompletableFuture<Void>> stopAll() {
        running = false;
        List<CompletableFuture<Void>> stops = new ArrayList<>();
        for (ClientBinding binding : clients) {
            binding.wantedConnection()
                    .filter(IOStreamClientLifecycle::isStarted)
                    .ifPresent(connection -> startAgain.add(binding.name()));
            stops.add(binding.client().stop());
        }
        return stops;
    }

    private static boolean isStarted(SupervisedConnection connection) {
        ConnectionState state = connection.state();
        return state != ConnectionState.IDLE && state != ConnectionState.CLOSED;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
