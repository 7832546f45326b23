package dev.iostream.transport;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a Unix-domain socket, where the system tells. */
final class PeerUser {
    /** {@code jdk.net} is not in every run-time image. */
    private static final @Nullable SocketOption<?> CREDENTIALS = find();

    private PeerUser() {}

    private static @Nullable SocketOption<?> find() {
        try {
            return jdk.net.ExtendedSocketOptions.SO_PEERCRED;
        } catch (NoClassDefFoundError e) {
            return null;
        }
    }

    /** The user, equal for equal user ids; null when it is not known. */
    static @Nullable Object of(SocketChannel channel) {
        if (CREDENTIALS == null || !channel.supportedOptions().contains(CREDENTIALS)) {
            return null;
        }
        try {
            return channel.getOption(CREDENTIALS) instanceof jdk.net.UnixDomainPrincipal principal
                    ? principal.user()
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            // the peer has gone already
            return null;
        }
    }
}
