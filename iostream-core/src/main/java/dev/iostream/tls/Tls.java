package dev.iostream.tls;

import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Transport;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Puts TLS over transports. */
public final class Tls {
    private Tls() {}

    /**
     * TLS over {@code wire}, which it then owns. It begins when the wire carries bytes, and what keeps it from coming about
     * is thrown by {@link Transport#establish} as a {@link TlsException}.
     *
     * @param host whom a client means to reach, a name or an address in digits; null when the options say it, or for a
     *     server
     * @param port the port that goes with it, for resumption and messages; 0 when it is not known
     */
    public static SecureTransport over(
            Transport wire, TlsOptions options, @Nullable String host, int port, IOLoop loop) {
        return over(wire, options, host, port, loop, loop.beside(TlsTasks.SHARED));
    }

    /** The same with another place for the slow parts of handshakes. */
    static SecureTransport over(
            Transport wire, TlsOptions options, @Nullable String host, int port, IOLoop loop, Executor tasks) {
        return new TlsTransport(wire, options, TlsPeer.of(options, host, port), loop, tasks);
    }
}
