package dev.iostream.transport;

import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an address is listened at. Immutable.
 *
 * @param backlog connections that the system keeps waiting, at least 1; it may keep fewer
 * @param reusePort whether other listeners with this option, of this machine's user, may share the address
 *     (SO_REUSEPORT); the system spreads connections over them
 * @param family {@code INET} to take only IPv4 at a wildcard address, which otherwise takes both; {@code INET6} or null
 *     for both
 * @param fileMode who may connect to a Unix-domain socket; the others are not used for it
 * @param transport what the accepted sockets are set to
 */
public record ListenOptions(
        int backlog,
        boolean reusePort,
        @Nullable ProtocolFamily family,
        Set<PosixFilePermission> fileMode,
        TransportOptions transport) {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /** Checks the ranges. */
    public ListenOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException("The backlog must be at least 1, was " + backlog);
        }
        if (family != null && family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new IllegalArgumentException("The family must be INET, INET6 or null, was " + family);
        }
        fileMode = Set.copyOf(fileMode);
        Objects.requireNonNull(transport, "transport");
    }

    /** That backlog; the address not shared, both families, file mode 0600, the default transport options. */
    public static ListenOptions backlog(int backlog) {
        return new ListenOptions(backlog, false, null, OWNER_ONLY, TransportOptions.defaults());
    }
}
