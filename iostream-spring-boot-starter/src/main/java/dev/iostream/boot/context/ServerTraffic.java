package dev.iostream.boot.context;

import dev.iostream.boot.IOStreamServerStartedEvent;
import dev.iostream.boot.ServerBinding;
import dev.iostream.server.Drained;
import dev.iostream.server.TCPServer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;

/**
 * Takes servers out of traffic and back while the application runs, and remembers which ones are out: one that was drained
 * does not listen, and is not to be taken for one that should. Safe from any thread.
 */
public final class ServerTraffic implements ApplicationListener<IOStreamServerStartedEvent> {
    private static final Log LOG = LogFactory.getLog(ServerTraffic.class);

    private final ApplicationEventPublisher events;
    private final Set<String> out = ConcurrentHashMap.newKeySet();

    /** Publishes when a server listens again. */
    public ServerTraffic(ApplicationEventPublisher events) {
        this.events = events;
    }

    /** Accepts nothing more until {@link #resume}; open connections go on. */
    public void pause(ServerBinding binding) {
        out.add(binding.name());
        binding.server().pause();
        LOG.info("Server '" + binding.name() + "' is paused");
    }

    /**
     * Accepts nothing more until {@link #resume}, and lets the open connections end.
     *
     * @param limit when those are closed that have not ended
     * @return completes when no connection is left
     */
    public CompletableFuture<Drained> drain(ServerBinding binding, Duration limit) {
        out.add(binding.name());
        LOG.info("Server '" + binding.name() + "' drains for " + limit.toSeconds() + " s at most");
        return binding.server().drain(limit);
    }

    /**
     * Accepts connections again, and listens again if it has been drained.
     *
     * @throws IllegalStateException when it is draining still
     * @throws java.io.UncheckedIOException when it cannot listen
     */
    public void resume(ServerBinding binding) {
        TCPServer server = binding.server();
        if (server.localAddresses().isEmpty()) {
            server.listen(binding.addresses().toArray(SocketAddress[]::new));
            // it may have been paused since it was drained
            server.resume();
            events.publishEvent(new IOStreamServerStartedEvent(server, server.localAddresses()));
        } else {
            server.resume();
        }
        out.remove(binding.name());
        LOG.info("Server '" + binding.name() + "' accepts connections");
    }

    /** Whether the server of that name was paused or drained here and not resumed since. */
    public boolean isOut(String server) {
        return out.contains(server);
    }

    @Override
    public void onApplicationEvent(IOStreamServerStartedEvent event) {
        out.remove(event.getServerName());
    }
}
