package dev.iostream.dns;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds the addresses of names without blocking the loop that asks.
 *
 * <p>Can be shared by any number of loops. IP addresses in text are not brought to a resolver: see {@link IpLiteral}.
 */
@FunctionalInterface
public interface Resolver {
    /** The longest limit that makes sense, for callers that want none. */
    Duration NO_LIMIT = Duration.ofDays(365);

    /**
     * Finds the addresses of {@code host}. Calls exactly one of the two callbacks, once, on the loop's thread and never
     * inside this call; none when the loop is closed first.
     *
     * <p>Called on the loop's thread. Failures are {@link dev.iostream.event.DialException}s or another
     * {@link IOException}: an unknown name has errno {@code EAI_NONAME} (-2), a passed limit {@code ETIMEDOUT} (110).
     *
     * @param host a name
     * @param limit how long to wait, more than zero; an answer that comes later is ignored
     * @param loop where the callbacks run
     * @param resolved is given at least one address, the preferred one first; the list is immutable
     * @param failed is given the reason
     */
    void resolve(
            String host,
            Duration limit,
            IOLoop loop,
            Consumer<List<InetAddress>> resolved,
            Consumer<IOException> failed);

    /**
     * Forgets the resolution that was begun with this callback, so that nothing of it stays behind on the loop: nobody
     * waits for it any more. Called on the loop's thread. A callback that is on its way may still run; a resolver that
     * keeps nothing need not do anything.
     */
    default void cancel(Consumer<List<InetAddress>> resolved) {}

    /**
     * The system's resolver: hosts file and name servers, as the JDK asks them and with the JDK's cache.
     *
     * <p>At most 4 look-ups run at once for the whole process, on daemon threads that end when idle, and at most 256
     * wait; more fail at once with {@code EAI_AGAIN}. Look-ups of one name share one. A look-up cannot be interrupted:
     * when its limit passes, its thread stays with it and no other takes its place.
     */
    static Resolver system() {
        return SystemResolver.SHARED;
    }

    /**
     * A resolver that answers by itself for some names, and asks {@code others} for the rest: for tests and for names
     * that mean something else here.
     *
     * @param hosts addresses by name; the case of letters does not matter. A name with no address is unknown.
     */
    static Resolver overriding(Map<String, List<InetAddress>> hosts, Resolver others) {
        return new OverridingResolver(hosts, others);
    }
}
