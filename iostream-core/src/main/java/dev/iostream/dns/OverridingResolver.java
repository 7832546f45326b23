package dev.iostream.dns;

import dev.iostream.event.DialException;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Answers for some names from a map, and asks another resolver for the rest. Immutable. */
final class OverridingResolver implements Resolver {
    private final Map<String, List<InetAddress>> hosts = new HashMap<>();
    private final Resolver others;

    OverridingResolver(Map<String, List<InetAddress>> hosts, Resolver others) {
        hosts.forEach((host, addresses) -> this.hosts.put(HostName.key(host), List.copyOf(addresses)));
        this.others = Objects.requireNonNull(others, "others");
    }

    @Override
    public void resolve(
            String host,
            Duration limit,
            IOLoop loop,
            Consumer<List<InetAddress>> resolved,
            Consumer<IOException> failed) {
        List<InetAddress> addresses = hosts.get(HostName.key(host));
        if (addresses == null) {
            others.resolve(host, limit, loop, resolved, failed);
        } else if (addresses.isEmpty()) {
            loop.addCallback(failed, DialException.unknownHost(host, "it is overridden to have no address", null));
        } else {
            loop.addCallback(resolved, addresses);
        }
    }

    @Override
    public void cancel(Consumer<List<InetAddress>> resolved) {
        others.cancel(resolved);
    }
}
