package dev.iostream.server;

import dev.iostream.event.Endpoint;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.ListenOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.TransportOptions;
import java.net.ProtocolFamily;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a server is made. Immutable; for one server, since its streams are counted together.
 *
 * @param name shown in messages and meters
 * @param backlog connections that the system keeps waiting, at least 1
 * @param maxConnections connections held at a time, at least 1; the rest wait in the backlog
 * @param maxConnectionsPerPeer those of one IP address, or of one user over Unix-domain sockets, at least 1; those above
 *     are closed at once with {@link dev.iostream.event.CloseReason#CONNECTION_LIMIT}
 * @param reusePort whether each loop of the group listens by itself (SO_REUSEPORT), instead of one for all of them
 * @param family {@code INET} to take only IPv4 at a wildcard address; {@code INET6} or null for both
 * @param fileMode who may connect to a Unix-domain socket
 * @param admission whom it lets in, and how fast
 * @param transport what accepted sockets are set to
 * @param tls how its streams are encrypted, or null for plain ones
 * @param stream how its streams are made; their endpoint is the server, whatever the options say
 * @param network where connections come from
 */
public record ServerOptions(
        String name,
        int backlog,
        int maxConnections,
        int maxConnectionsPerPeer,
        boolean reusePort,
        @Nullable ProtocolFamily family,
        Set<PosixFilePermission> fileMode,
        Admission admission,
        TransportOptions transport,
        @Nullable TlsOptions tls,
        StreamOptions stream,
        Network network) {
    /** No limit for {@link #maxConnections} and {@link #maxConnectionsPerPeer}. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final int DEFAULT_BACKLOG = 1024;

    /** Checks the ranges, and puts the server in place of the endpoint of the streams. */
    public ServerOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(admission, "admission");
        Objects.requireNonNull(network, "network");
        requirePositive(backlog, "backlog", name);
        requirePositive(maxConnections, "maxConnections", name);
        requirePositive(maxConnectionsPerPeer, "maxConnectionsPerPeer", name);
        var listening = new ListenOptions(backlog, reusePort, family, fileMode, transport);
        fileMode = listening.fileMode();
        if (tls != null && tls.client()) {
            throw new IllegalArgumentException(
                    "The TlsOptions of server '" + name + "' are a client's; use TlsOptions.server");
        }
        if (tls != null && admission.rejectWith() != null) {
            throw new IllegalArgumentException(
                    "Server '" + name + "' has TLS, and those who are refused do not wait for a"
                            + " handshake to be told so; leave rejectWith out of its Admission");
        }
        if (!stream.endpoint().name().equals(name)) {
            stream = stream.toBuilder().endpoint(new Endpoint(name)).build();
        }
    }

    private static void requirePositive(int value, String option, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "The " + option + " of server '" + name + "' must be at least 1, was " + value);
        }
    }

    /**
     * The defaults for a server of that name: a backlog of 1,024, any number of connections, one listener for each
     * address, IPv4 and IPv6 at wildcard addresses, socket files of mode 0600, the default options of sockets and streams,
     * the system's sockets.
     */
    public static ServerOptions named(String name) {
        return builder(name).build();
    }

    /** A builder that starts from the defaults. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        var builder = new Builder(name);
        builder.backlog = backlog;
        builder.maxConnections = maxConnections;
        builder.maxConnectionsPerPeer = maxConnectionsPerPeer;
        builder.reusePort = reusePort;
        builder.family = family;
        builder.fileMode = fileMode;
        builder.admission = admission;
        builder.transport = transport;
        builder.tls = tls;
        builder.stream = stream;
        builder.network = network;
        return builder;
    }

    /** The same with another backlog. */
    public ServerOptions backlog(int newBacklog) {
        return toBuilder().backlog(newBacklog).build();
    }

    /** The same with other rules for who is let in. */
    public ServerOptions admission(Admission newAdmission) {
        return toBuilder().admission(newAdmission).build();
    }

    /** The same with streams that are encrypted, or with null plain. */
    public ServerOptions tls(@Nullable TlsOptions newTls) {
        return toBuilder().tls(newTls).build();
    }

    /** The same with other stream options. */
    public ServerOptions stream(StreamOptions newStream) {
        return toBuilder().stream(newStream).build();
    }

    /** The same with another network. */
    public ServerOptions network(Network newNetwork) {
        return toBuilder().network(newNetwork).build();
    }

    /** How its addresses are listened at. */
    ListenOptions listening() {
        return new ListenOptions(backlog, reusePort, family, fileMode, transport);
    }

    /** Collects options. */
    public static final class Builder {
        private static final ListenOptions DEFAULTS = ListenOptions.backlog(DEFAULT_BACKLOG);

        private final String name;
        private int backlog = DEFAULTS.backlog();
        private int maxConnections = UNLIMITED;
        private int maxConnectionsPerPeer = UNLIMITED;
        private boolean reusePort;
        private @Nullable ProtocolFamily family;
        private Set<PosixFilePermission> fileMode = DEFAULTS.fileMode();
        private Admission admission = Admission.defaults();
        private TransportOptions transport = DEFAULTS.transport();
        private @Nullable TlsOptions tls;
        private StreamOptions stream = StreamOptions.defaults();
        private Network network = Network.nio();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Connections that the system keeps waiting: 1,024 by default, at least 1; the system may keep fewer. */
        public Builder backlog(int connections) {
            backlog = connections;
            return this;
        }

        /** Connections held at a time, at least 1; {@link #UNLIMITED} by default. The rest wait in the backlog. */
        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        /**
         * Connections of one peer, at least 1; {@link #UNLIMITED} by default. Peers are told apart by IP address, over
         * Unix-domain sockets by user; those whom the system does not tell are not limited.
         */
        public Builder maxConnectionsPerPeer(int connections) {
            maxConnectionsPerPeer = connections;
            return this;
        }

        /**
         * Whether each loop of the group listens by itself, and the system spreads connections over them; by default one
         * loop listens at each address, and connections go to all loops in turn. Ignored for Unix-domain sockets.
         */
        public Builder reusePort(boolean on) {
            reusePort = on;
            return this;
        }

        /** {@code INET} to take only IPv4 at a wildcard address; null, the default, or {@code INET6} for both. */
        public Builder family(@Nullable ProtocolFamily newFamily) {
            family = newFamily;
            return this;
        }

        /** Who may connect to a Unix-domain socket: its owner by default. To connect is to write. */
        public Builder fileMode(Set<PosixFilePermission> mode) {
            fileMode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /** The same as {@code ls} shows it, for example {@code rw-rw----}. */
        public Builder fileMode(String mode) {
            return fileMode(PosixFilePermissions.fromString(mode));
        }

        /** Whom it lets in, and how fast: everybody by default. */
        public Builder admission(Admission newAdmission) {
            admission = Objects.requireNonNull(newAdmission, "admission");
            return this;
        }

        /** What accepted sockets are set to. */
        public Builder transport(TransportOptions options) {
            transport = Objects.requireNonNull(options, "options");
            return this;
        }

        /** How its streams are encrypted; null, the default, for plain ones. */
        public Builder tls(@Nullable TlsOptions options) {
            tls = options;
            return this;
        }

        /** How its streams are made. */
        public Builder stream(StreamOptions options) {
            stream = Objects.requireNonNull(options, "options");
            return this;
        }

        /** Where connections come from: the system's sockets by default. */
        public Builder network(Network newNetwork) {
            network = Objects.requireNonNull(newNetwork, "network");
            return this;
        }

        /** The options as collected so far. */
        public ServerOptions build() {
            return new ServerOptions(
                    name,
                    backlog,
                    maxConnections,
                    maxConnectionsPerPeer,
                    reusePort,
                    family,
                    fileMode,
                    admission,
                    transport,
                    tls,
                    stream,
                    network);
        }
    }
}
