package dev.iostream.transport;

import dev.iostream.dns.IpLiteral;
import dev.iostream.dns.Resolver;
import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Timeout;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transport that is still to be made: a name is resolved, its addresses are raced, and the first that answers is used.
 *
 * <pre>
 *   NEW --establish--> RESOLVING --addresses--> CONNECTING --first success--> GREETING --preamble sent--> READY
 *    |                     |                        |                            |                          |
 *    +---- close, failure -+------------------------+----------------------------+--------------------------+--> CLOSED
 * </pre>
 *
 * <p>A literal address skips the second state. Once ready, every call goes to the transport that won.
 */
final class DialTransport implements Transport, AddressRace.Outcome {
    private static final Logger LOG = System.getLogger(DialTransport.class.getName());

    private enum State {
        NEW,
        RESOLVING,
        CONNECTING,
        GREETING,
        READY,
        CLOSED
    }

    private final IOLoop loop;
    private final DialOptions options;
    /** The name or literal, or null when there is an address to begin with. */
    private final @Nullable String host;

    private final int port;
    private final @Nullable SocketAddress address;
    /** The caller's channel, which can be used for one attempt only; or null when one is opened for each attempt. */
    private final @Nullable SocketChannel channel;

    private final Consumer<List<InetAddress>> resolved = this::resolved;
    private final Consumer<IOException> unresolved = this::unresolved;

    private State state = State.NEW;
    private boolean establishing;
    private int watched;
    private int addresses;
    private @Nullable ReadyHandler handler;
    private @Nullable Timeout deadline;
    private @Nullable AddressRace race;
    private @Nullable NioTransport overChannel;
    private @Nullable Transport winner;
    /** What is still to be sent before all else. */
    private @Nullable ByteBuffer preamble;
    /** What was asked for before there was a winner. */
    private @Nullable Boolean noDelay;

    private @Nullable IOException failure;

    DialTransport(@Nullable SocketChannel channel, String host, int port, IOLoop loop, DialOptions options) {
        this(channel, host, checked(port), null, loop, options);
    }

    DialTransport(@Nullable SocketChannel channel, SocketAddress address, IOLoop loop, DialOptions options) {
        this(channel, null, 0, address, loop, options);
    }

    private DialTransport(
            @Nullable SocketChannel channel,
            @Nullable String host,
            int port,
            @Nullable SocketAddress address,
            IOLoop loop,
            DialOptions options) {
        if (channel != null && (channel.isConnected() || channel.isConnectionPending())) {
            throw new IllegalArgumentException(
                    "The channel is connected or being connected already; use Network.over(channel, loop): " + channel);
        }
        this.channel = channel;
        this.host = host;
        this.port = port;
        this.address = address;
        this.loop = loop;
        this.options = options;
    }

    private static int checked(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port to connect to must be between 1 and 65535, was " + port);
        }
        return port;
    }

    static Transport to(@Nullable SocketChannel channel, SocketAddress address, IOLoop loop, DialOptions options) {
        if (address instanceof InetSocketAddress internet) {
            int port = checked(internet.getPort());
            if (internet.isUnresolved()) {
                return new DialTransport(channel, internet.getHostString(), port, loop, options);
            }
        }
        return new DialTransport(channel, address, loop, options);
    }

    @Override
    public void attach(ReadyHandler newHandler) throws IOException {
        handler = newHandler;
        if (winner != null) {
            winner.attach(newHandler);
        }
    }

    @Override
    public Stage establish() throws IOException {
        if (state == State.NEW) {
            establishing = true;
            try {
                start();
            } finally {
                establishing = false;
            }
        }
        if (state == State.GREETING) {
            greet();
        }
        return switch (state) {
            case NEW, RESOLVING -> Stage.RESOLVING;
            case CONNECTING, GREETING -> Stage.CONNECTING;
            case READY -> Stage.READY;
            case CLOSED -> throw failure == null ? new ClosedChannelException() : failure;
        };
    }

    // ---- resolving

    private void start() {
        String name = host;
        if (name == null) {
            assert address != null;
            connect(List.of(address));
            return;
        }
        try {
            InetAddress literal = IpLiteral.parse(name);
            if (literal == null) {
                resolve(name);
            } else {
                connect(name, List.of(literal));
            }
        } catch (UnknownHostException e) {
            fail(DialException.unknownHost(name, String.valueOf(e.getMessage()), e));
        }
    }

    private void resolve(String name) {
        state = State.RESOLVING;
        boolean limited = !options.dnsTimeout().isZero();
        Duration limit = limited ? options.dnsTimeout() : Resolver.NO_LIMIT;
        try {
            options.resolver().resolve(name, limit, loop, resolved, unresolved);
        } catch (Throwable e) {
            // also an error, such as that there is no thread: the deadline is not set yet, and nobody would be told
            if (e instanceof Error) {
                loop.reportFailure(e);
            }
            unresolved(new IOException("the resolver threw " + e, e));
        }
        if (state == State.RESOLVING && limited) {
            // a resolver keeps to the limit by itself, and has set its timer before this one; but anybody can write one
            deadline = loop.addTimeout(limit, () -> fail(DialException.dnsDeadline(name, limit)));
        }
    }

    private void resolved(List<InetAddress> found) {
        loop.requireConfined("A resolver's callback");
        if (state == State.RESOLVING && host != null) {
            connect(host, found);
            if (state == State.CONNECTING) {
                // it has got further, which meters and messages show
                tell();
            }
        }
    }

    private void unresolved(IOException cause) {
        loop.requireConfined("A resolver's callback");
        if (state == State.RESOLVING && host != null) {
            fail(cause instanceof DialException ? cause : explain(host, cause));
        }
    }

    private static DialException explain(String name, IOException cause) {
        int errno = cause instanceof UnknownHostException ? Errno.of(cause) : Errno.EAI_AGAIN;
        return errno == Errno.EAI_NONAME
                ? DialException.unknownHost(name, String.valueOf(cause.getMessage()), cause)
                : new DialException(
                        "Could not resolve " + name + ": " + cause.getMessage() + " (stage RESOLVING)",
                        errno,
                        CloseReason.CONNECT_FAILED,
                        cause);
    }

    // ---- connecting

    private void connect(String name, List<InetAddress> found) {
        List<InetAddress> usable = AddressOrder.of(found, options.family());
        if (usable.isEmpty()) {
            String why = found.isEmpty()
                    ? "it has no address"
                    : "it has no " + options.family() + " address, but " + found.size()
                            + " of another family; ask for any family to use them";
            fail(DialException.unknownHost(name, why, null));
            return;
        }
        connect(usable.stream().map(each -> new InetSocketAddress(each, port)).toList());
    }

    private void connect(List<? extends SocketAddress> targets) {
        removeDeadline();
        state = State.CONNECTING;
        addresses = targets.size();
        // a channel can be used for one attempt only, since a refused one is closed
        List<? extends SocketAddress> raced = channel == null ? targets : targets.subList(0, 1);
        race = new AddressRace(loop, raced, options.attemptDelay(), target -> open(target, targets), this);
        race.next();
        Duration limit = options.connectTimeout();
        if (state == State.CONNECTING && !limit.isZero()) {
            deadline = loop.addTimeout(limit, () -> fail(report().deadline(limit)));
        }
    }

    private Transport open(SocketAddress target, List<? extends SocketAddress> all) throws IOException {
        if (channel == null) {
            return options.network().connect(target, options.source(), options.transport(), loop);
        }
        overChannel = new NioTransport(channel, loop, all);
        return overChannel;
    }

    @Override
    public void won(AddressRace.Winner connected) {
        assert handler != null;
        winner = connected.handTo(handler);
        if (noDelay != null) {
            winner.setNoDelay(noDelay);
        }
        preamble = options.preamble();
        if (preamble == null) {
            becomeReady(winner);
        } else {
            state = State.GREETING;
        }
        tell();
    }

    private void greet() {
        assert winner != null && preamble != null;
        try {
            winner.write(preamble);
            if (!winner.flush() || preamble.hasRemaining()) {
                winner.watch(Interest.WRITE);
                return;
            }
        } catch (IOException e) {
            fail(report().broken(e));
            return;
        }
        preamble = null;
        becomeReady(winner);
    }

    private void becomeReady(Transport ready) {
        removeDeadline();
        race = null;
        state = State.READY;
        ready.watch(watched);
    }

    @Override
    public void lost() {
        fail(report().allFailed());
    }

    private DialReport report() {
        assert race != null;
        String destination = address == null ? DialReport.text(host, port) : DialReport.text(address);
        SocketAddress really = overChannel == null ? null : overChannel.target();
        return new DialReport(destination, addresses, race.tried(), DialReport.at(really, race.failures()));
    }

    // ---- ends

    private void fail(IOException cause) {
        if (state != State.CLOSED) {
            end();
            failure = cause;
            tell();
        }
    }

    /** Lets the handler call {@link #establish}, unless it is doing so. */
    private void tell() {
        if (!establishing && handler != null) {
            handler.ready(Interest.CONNECT);
        }
    }

    @Override
    public void reset() {
        if (winner != null) {
            winner.reset();
        }
        close();
    }

    @Override
    public void close() {
        if (state != State.CLOSED) {
            end();
        }
    }

    private void end() {
        if (state == State.RESOLVING) {
            options.resolver().cancel(resolved);
        }
        state = State.CLOSED;
        removeDeadline();
        if (race != null) {
            race.close();
        }
        if (winner != null) {
            winner.close();
        } else if (channel != null) {
            closeChannel(channel);
        }
    }

    private static void closeChannel(SocketChannel unused) {
        try {
            unused.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Could not close " + unused, e);
        }
    }

    private void removeDeadline() {
        if (deadline != null) {
            loop.removeTimeout(deadline);
            deadline = null;
        }
    }

    // ---- bytes

    @Override
    public int read(ByteBuffer into) throws IOException {
        return winner == null ? 0 : winner.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return winner == null ? 0 : winner.write(from);
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        return winner == null ? 0 : winner.transferFrom(file, position, count);
    }

    @Override
    public boolean flush() throws IOException {
        return winner == null || winner.flush();
    }

    @Override
    public void shutdownWrite() throws IOException {
        if (winner == null) {
            throw new NotYetConnectedException();
        }
        winner.shutdownWrite();
    }

    @Override
    public void shutdownWriteToClose() throws IOException {
        if (winner != null) {
            winner.shutdownWriteToClose();
        }
    }

    @Override
    public void setNoDelay(boolean on) {
        if (winner != null) {
            winner.setNoDelay(on);
        } else {
            noDelay = on;
        }
    }

    @Override
    public void watch(int interest) {
        watched = interest;
        if (winner != null && state != State.GREETING) {
            winner.watch(interest);
        }
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return winner == null ? null : winner.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return winner == null ? null : winner.remoteAddress();
    }

    @Override
    public @Nullable String host() {
        return host;
    }

    @Override
    public String toString() {
        String destination = address == null ? DialReport.text(host, port) : DialReport.text(address);
        return "DialTransport[" + destination + ", " + (winner == null ? state : winner) + "]";
    }
}
