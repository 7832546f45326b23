package dev.iostream.tls;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * The TLS options that new connections get, which can be replaced while connections are open, and how many of these still
 * have former ones. Safe from any thread.
 *
 * <p>New options never resume a session that was agreed on with a former context.
 */
public final class ReloadableTls {
    private final AtomicLong uses = new AtomicLong();
    private volatile Generation generation;

    /** The options that are current, and the connections that have them. */
    private record Generation(TlsOptions options, AtomicLong uses) {}

    /** Begins with these options. */
    public ReloadableTls(TlsOptions options) {
        generation = new Generation(Objects.requireNonNull(options, "options"), new AtomicLong());
    }

    /** The options that the next connection gets. */
    public TlsOptions current() {
        return generation.options();
    }

    /** Replaces the context; {@linkplain TlsOptions#sniContexts contexts for names} and all else stay as they are. */
    public void reload(SSLContext context) {
        synchronized (this) {
            reload(current().context(context));
        }
    }

    /**
     * Replaces all options.
     *
     * @throws IllegalArgumentException when they are for the other end of a connection
     */
    public void reload(TlsOptions options) {
        synchronized (this) {
            if (options.client() != current().client()) {
                throw new IllegalArgumentException(
                        "The new TlsOptions are for the other end of a connection: " + options + " after " + current());
            }
            generation = new Generation(options, new AtomicLong());
        }
    }

    /** How many open connections have options that were replaced since. */
    public long outdated() {
        // in this order, so that a connection that begins in between is not taken for an outdated one
        long ofAll = uses.get();
        return Math.max(0, ofAll - generation.uses().get());
    }

    /** Takes the current options for one connection, which is counted until it is ended. */
    public Use use() {
        return new Use(generation);
    }

    /** The options of one connection. */
    public final class Use {
        private final Generation taken;

        private Use(Generation taken) {
            this.taken = taken;
            taken.uses().incrementAndGet();
            uses.incrementAndGet();
        }

        /** What was current when the connection began. */
        public TlsOptions options() {
            return taken.options();
        }

        /** The connection has ended. To be called once. */
        public void end() {
            uses.decrementAndGet();
            taken.uses().decrementAndGet();
        }
    }

    @Override
    public String toString() {
        return "ReloadableTls[" + current() + ", outdated " + outdated() + "]";
    }
}
