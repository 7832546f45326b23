package dev.iostream.server;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.ListenOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Opens the listeners of a server: all those of one call, or none. */
final class Listeners {
    private static final Logger LOG = System.getLogger(Listeners.class.getName());

    /** How often another port is tried when the one that the system chose is taken at another of the addresses. */
    private static final int TRIES = 16;

    private final ServerOptions options;
    private final IOLoopGroup group;
    private final Connections connections;
    private final Consumer<CompletableFuture<Void>> closed;

    /**
     * What opens listeners.
     *
     * @param closed waits, where it can, for what was opened in vain to be closed
     */
    Listeners(
            ServerOptions options,
            IOLoopGroup group,
            Connections connections,
            Consumer<CompletableFuture<Void>> closed) {
        this.closed = closed;
        this.options = options;
        this.group = group;
        this.connections = connections;
    }

    /** One address to listen at. */
    private record Target(SocketAddress address, boolean optional) {
        boolean wantsPort() {
            return address instanceof InetSocketAddress internet && internet.getPort() == 0;
        }

        /** With that port, if it asks for any. */
        SocketAddress at(int port) {
            return wantsPort() ? new InetSocketAddress(((InetSocketAddress) address).getAddress(), port) : address;
        }
    }

    /** The port that the system chose was taken at another address. */
    private static final class PortTakenException extends IOException {
        private static final long serialVersionUID = 1L;

        PortTakenException(IOException cause) {
            super(cause);
        }
    }

    /**
     * Acceptors at all of these addresses, paused.
     *
     * @throws UncheckedIOException when one cannot be listened at
     */
    List<Acceptor> open(SocketAddress... addresses) {
        if (addresses.length == 0) {
            throw new IllegalArgumentException("Server '" + options.name() + "' needs an address to listen at");
        }
        List<Target> targets = new ArrayList<>();
        for (SocketAddress address : addresses) {
            targets.addAll(resolved(address));
        }
        for (int tries = 1; ; tries++) {
            List<Acceptor> opened = new ArrayList<>();
            try {
                openAll(distinct(targets), opened);
                return opened;
            } catch (PortTakenException e) {
                closed.accept(Tasks.all(opened.stream().map(Acceptor::close).toList()));
                if (tries == TRIES) {
                    throw failure("all of its addresses with one port, after " + TRIES + " tries", e);
                }
            } catch (RuntimeException e) {
                closed.accept(Tasks.all(opened.stream().map(Acceptor::close).toList()));
                throw e;
            }
        }
    }

    // ---- which addresses

    /** All addresses of a name that is not resolved. */
    private List<Target> resolved(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet) || !internet.isUnresolved()) {
            return List.of(new Target(address, false));
        }
        try {
            InetAddress[] all = InetAddress.getAllByName(internet.getHostString());
            List<Target> targets = new ArrayList<>();
            for (InetAddress each : all) {
                targets.add(new Target(new InetSocketAddress(each, internet.getPort()), all.length > 1));
            }
            return targets;
        } catch (UnknownHostException e) {
            throw failure(internet.getHostString() + ":" + internet.getPort(), e);
        }
    }

    /** Each once; both wildcard addresses are one, since the one of IPv6 takes IPv4 as well. */
    private static List<Target> distinct(List<Target> targets) {
        Map<Object, Target> distinct = new LinkedHashMap<>();
        for (Target target : targets) {
            boolean wildcard = target.address() instanceof InetSocketAddress internet
                    && internet.getAddress().isAnyLocalAddress();
            Object key = wildcard ? ((InetSocketAddress) target.address()).getPort() : target.address();
            distinct.merge(key, target, (first, second) -> first.optional() ? second : first);
        }
        return List.copyOf(distinct.values());
    }

    // ---- opening them

    private void openAll(List<Target> targets, List<Acceptor> opened) throws PortTakenException {
        int port = 0;
        UncheckedIOException missing = null;
        for (Target target : targets) {
            SocketAddress address = target.at(port);
            try {
                Acceptor first = openEach(address, opened);
                if (target.wantsPort() && port == 0) {
                    port = ((InetSocketAddress) first.localAddress()).getPort();
                }
            } catch (IOException e) {
                if (isTaken(e) && target.wantsPort() && port != 0) {
                    throw new PortTakenException(e);
                }
                if (isTaken(e) || !target.optional()) {
                    throw failure(address, e);
                }
                // one of several addresses of a name, and of a family that this machine does not do
                missing = failure(address, e);
            }
        }
        if (opened.isEmpty() && missing != null) {
            throw missing;
        }
    }

    /** One acceptor, or with reuse-port one on each loop; returns the first. */
    private Acceptor openEach(SocketAddress address, List<Acceptor> opened) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        ListenOptions listening = options.listening();
        if (!options.reusePort() || unix) {
            if (options.reusePort()) {
                LOG.log(Level.WARNING, "reusePort is ignored at " + address + ": Unix-domain sockets have no ports");
            }
            IOLoop loop = group.next();
            Acceptor one = options.network().listen(address, listening, loop, connections.slots(loop, group::next));
            opened.add(one);
            return one;
        }
        Acceptor first = null;
        for (IOLoop loop : group.loops()) {
            SocketAddress same = first == null ? address : first.localAddress();
            Acceptor one = options.network().listen(same, listening, loop, connections.slots(loop, () -> loop));
            opened.add(one);
            first = first == null ? one : first;
        }
        assert first != null;
        return first;
    }

    private static boolean isTaken(IOException failure) {
        return failure instanceof BindException
                && String.valueOf(failure.getMessage()).contains("already in use");
    }

    private UncheckedIOException failure(Object where, IOException cause) {
        return new UncheckedIOException(
                "Server '" + options.name() + "' could not listen at " + where + ": " + cause.getMessage(), cause);
    }
}
