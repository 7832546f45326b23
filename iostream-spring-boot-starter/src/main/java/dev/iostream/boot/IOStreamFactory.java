package dev.iostream.boot;

import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.TlsOptions;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/**
 * Makes streams that are neither a server's nor a client's, with the limits and deadlines of the global properties. They
 * are counted together as endpoint {@code default}. Each belongs to the loop that it is made for, and is used there.
 *
 * <pre>{@code
 * loop.addCallback(() -> {
 *     IOStream stream = streams.open(loop);
 *     stream.connect("time.internal", 13, null, () -> stream.readUntilClose(this::show), this::complain);
 * });
 * }</pre>
 */
public final class IOStreamFactory {
    private final StreamOptions options;

    /** Streams with these options. */
    public IOStreamFactory(StreamOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /** How the streams are made. */
    public StreamOptions options() {
        return options;
    }

    /** A stream that is to be connected, and opens its own channel then. */
    public IOStream open(IOLoop loop) {
        return IOStream.open(loop, options);
    }

    /** The same, encrypted. */
    public SSLIOStream openTls(IOLoop loop, TlsOptions tls) {
        return SSLIOStream.open(loop, tls, options);
    }

    /** A stream over a channel, connected or not, which it then owns. */
    public IOStream wrap(SocketChannel channel, IOLoop loop) {
        return new IOStream(channel, loop, options);
    }

    /** The same, encrypted. */
    public SSLIOStream wrapTls(SocketChannel channel, IOLoop loop, TlsOptions tls) {
        return new SSLIOStream(channel, tls, loop, options);
    }
}
