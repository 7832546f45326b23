package dev.iostream.boot.context;

import dev.iostream.boot.IOStreamServerStartedEvent;
import dev.iostream.boot.IOStreamServerStoppedEvent;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.loop.IOLoopGroup;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Lets all servers listen when the context starts, and closes them, first the listeners and then the streams that have not
 * ended before, when it stops. If one cannot listen, none does, and the start fails.
 */
public final class IOStreamServerLifecycle implements SmartLifecycle {
    /** The phase in which web servers start and stop. */
    public static final int PHASE = DEFAULT_PHASE - 2048;

    private static final Log LOG = LogFactory.getLog(IOStreamServerLifecycle.class);

    private final IOStreamServers servers;
    private final IOLoopGroup group;
    private final ApplicationEventPublisher events;
    private final List<KeepAlive> keepAlive = new ArrayList<>();
    private volatile boolean running;

    /** Starts and stops these servers, which run on that group, and publishes that they started. */
    public IOStreamServerLifecycle(IOStreamServers servers, IOLoopGroup group, ApplicationEventPublisher events) {
        this.servers = servers;
        this.group = group;
        this.events = events;
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        try {
            servers.forEach(this::start);
            running = true;
        } catch (RuntimeException | Error e) {
            stop();
            throw e;
        }
    }

    private void start(ServerBinding binding) {
        try {
            binding.server().listen(binding.addresses().toArray(SocketAddress[]::new));
        } catch (UncheckedIOException e) {
            throw ListenFailure.of(binding, servers, e.getCause());
        }
        keepAlive.add(new KeepAlive("iostream-server-" + binding.name()));
        List<SocketAddress> addresses = binding.server().localAddresses();
        LOG.info("Server '" + binding.name() + "' listens at " + ListenFailure.describe(addresses));
        events.publishEvent(new IOStreamServerStartedEvent(binding.server(), addresses));
    }

    @Override
    public synchronized void stop() {
        // first, for a callback that blocks its loop keeps the servers from closing, and is not to keep the JVM as well
        keepAlive.forEach(KeepAlive::release);
        keepAlive.clear();
        for (ServerBinding binding : servers) {
            binding.server().close();
        }
        boolean stopped = running;
        running = false;
        if (stopped) {
            servers.forEach(binding -> events.publishEvent(new IOStreamServerStoppedEvent(binding.server())));
        }
    }

    @Override
    public void stop(Runnable callback) {
        Stopping.run(group, "iostream-stop-servers", this::stop, callback);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** False: a pause would give up the port, and a port that the system chose would not be the same afterwards. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
