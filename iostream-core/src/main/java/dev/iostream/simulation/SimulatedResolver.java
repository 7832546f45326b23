package dev.iostream.simulation;

import dev.iostream.dns.Resolver;
import dev.iostream.event.DialException;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Names that a simulation was told, and how long each takes. Confined to the simulation's loop. */
final class SimulatedResolver implements Resolver {
    private final IOLoop loop;
    private final Map<String, Answer> names = new HashMap<>();
    private final Map<Consumer<List<InetAddress>>, Timeout> waiting = new IdentityHashMap<>();

    /** An answer, or with null silence. */
    private record Answer(
            List<InetAddress> addresses, @Nullable Duration delay) {}

    SimulatedResolver(IOLoop loop) {
        this.loop = loop;
    }

    /** Answers for {@code host} from now on, after {@code delay}; never when that is null. */
    void name(String host, @Nullable Duration delay, List<InetAddress> addresses) {
        names.put(host.toLowerCase(Locale.ROOT), new Answer(List.copyOf(addresses), delay));
    }

    @Override
    public void resolve(
            String host,
            Duration limit,
            IOLoop asking,
            Consumer<List<InetAddress>> resolved,
            Consumer<IOException> failed) {
        Answer answer = names.getOrDefault(host.toLowerCase(Locale.ROOT), new Answer(List.of(), Duration.ZERO));
        Duration delay = answer.delay();
        boolean late = delay == null || delay.compareTo(limit) >= 0;
        Timeout timeout = loop.addTimeout(late ? limit : delay, () -> {
            waiting.remove(resolved);
            if (late) {
                failed.accept(DialException.dnsDeadline(host, limit));
            } else if (answer.addresses().isEmpty()) {
                failed.accept(DialException.unknownHost(host, "Name or service not known", null));
            } else {
                resolved.accept(answer.addresses());
            }
        });
        waiting.put(resolved, timeout);
    }

    @Override
    public void cancel(Consumer<List<InetAddress>> resolved) {
        Timeout timeout = waiting.remove(resolved);
        if (timeout != null) {
            loop.removeTimeout(timeout);
        }
    }
}
