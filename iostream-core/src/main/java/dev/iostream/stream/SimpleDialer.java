package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.event.Printable;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects the streams of {@link IOSimple}, on a loop that all of them share.
 *
 * <p>The loop is made when the first stream needs it, and the TLS that trusts what the JDK does with the first that uses
 * it. What cannot be made fails that dial only, since the next tries again: by then there may be a free descriptor, or a
 * trust store that can be read.
 */
final class SimpleDialer {
    private static final int LONGEST_URL = 300;

    private final Supplier<IOLoopGroup> groups;
    private @Nullable IOLoop loop;
    private @Nullable TlsOptions systemTrust;

    /**
     * One without a loop yet.
     *
     * @param groups makes the group of the loop, which is not started
     */
    SimpleDialer(Supplier<IOLoopGroup> groups) {
        this.groups = groups;
    }

    /** As {@link IOSimple#dial(String, StreamOptions)}. */
    AsyncIOStream dial(String url, StreamOptions options) throws IOException {
        DialUrl parsed = parsed(url, options);
        if (!parsed.secure()) {
            return dial(url, parsed.address(), running -> IOStream.open(running, options));
        }
        TlsOptions tls = systemTrust(url);
        return dial(url, parsed.address(), running -> SSLIOStream.open(running, tls, options));
    }

    /** As {@link IOSimple#dial(String, TlsOptions, StreamOptions)}. */
    AsyncIOStream dial(String url, TlsOptions tls, StreamOptions options) throws IOException {
        Objects.requireNonNull(tls, "tls");
        DialUrl parsed = parsed(url, options);
        if (!parsed.secure()) {
            throw new IllegalArgumentException("Could not dial " + Printable.quoted(url)
                    + ": TlsOptions are for tls://host:port; without them the connection is plain");
        }
        return dial(url, parsed.address(), running -> SSLIOStream.open(running, tls, options));
    }

    /** Checks what the caller gave, on the caller's thread. */
    private static DialUrl parsed(String url, StreamOptions options) {
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(options, "options");
        DialUrl parsed = DialUrl.parse(url);
        IOSimple.refuseLoops("IOSimple.dial");
        return parsed;
    }

    private AsyncIOStream dial(String url, SocketAddress address, Function<IOLoop, IOStream> opener)
            throws IOException {
        var connected = new CompletableFuture<AsyncIOStream>();
        try {
            IOLoop running = loop();
            running.addCallback(() -> begin(running, opener, address, connected));
            return connected.get();
        } catch (InterruptedException e) {
            // a stream that comes all the same is closed
            connected.cancel(false);
            throw IOSimple.interrupted("IOSimple.dial");
        } catch (ExecutionException e) {
            throw failed(url, e.getCause() == null ? e : e.getCause());
        } catch (RuntimeException e) {
            // there is no loop, or it has been closed just now
            throw failed(url, e);
        }
    }

    private static void begin(
            IOLoop running,
            Function<IOLoop, IOStream> opener,
            SocketAddress address,
            CompletableFuture<AsyncIOStream> connected) {
        try {
            connect(opener.apply(running).async(), address, connected);
        } catch (Throwable failure) {
            // the loop would report it, and the caller wait for ever
            connected.completeExceptionally(failure);
        }
    }

    private static void connect(
            AsyncIOStream stream, SocketAddress address, CompletableFuture<AsyncIOStream> connected) {
        try {
            stream.connect(address).whenComplete((unused, failure) -> {
                if (failure != null) {
                    connected.completeExceptionally(failure);
                } else if (!connected.complete(stream)) {
                    stream.close();
                }
            });
        } finally {
            connected.whenComplete((unused, failure) -> {
                if (failure != null) {
                    stream.close();
                }
            });
        }
    }

    /** With the stack of the caller, who looks for the place where it dialled. */
    private static DialException failed(String url, Throwable cause) {
        if (cause instanceof DialException dial) {
            return new DialException(String.valueOf(dial.getMessage()), dial.errno(), dial.reason(), dial);
        }
        CloseReason reason =
                cause instanceof StreamClosedException closed ? closed.reason() : CloseReason.CONNECT_FAILED;
        return new DialException("Could not dial " + shown(url) + ": " + cause, Errno.of(cause), reason, cause);
    }

    private static String shown(String url) {
        return "\"" + Printable.escaped(url, LONGEST_URL) + "\"";
    }

    // ---- what all share

    /** The loop, or a new one when the former has ended, since it would never connect anything. */
    private synchronized IOLoop loop() {
        IOLoop running = loop;
        if (running == null || !running.running()) {
            running = started(groups.get());
            loop = running;
        }
        return running;
    }

    private static IOLoop started(IOLoopGroup group) {
        try {
            group.start();
        } catch (Throwable e) {
            // there was no thread for it, and its descriptor is not to be lost each time
            group.close();
            throw e;
        }
        return group.next();
    }

    private TlsOptions systemTrust(String url) throws DialException {
        try {
            return systemTrust();
        } catch (RuntimeException e) {
            throw new DialException(
                    "Could not dial " + shown(url) + ": the certificates that the JDK trusts could not be read: "
                            + why(e)
                            + "; check javax.net.ssl.trustStore and its password, or dial with TlsOptions",
                    Errno.TLS,
                    CloseReason.TLS_FAILED,
                    e);
        }
    }

    /** Reads the JDK's trusted certificates, which takes a while, unless it has been done. */
    private synchronized TlsOptions systemTrust() {
        TlsOptions trusting = systemTrust;
        if (trusting == null) {
            trusting = TlsOptions.client(SslContexts.client());
            systemTrust = trusting;
        }
        return trusting;
    }

    /** What happened to the file, rather than what that meant for cryptography or for us. */
    private static String why(Throwable failure) {
        Throwable telling = failure;
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof IOException || !(telling instanceof IOException)) {
                telling = each;
            }
        }
        return telling.toString();
    }
}
