package dev.iostream.boot.observation;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** What OpenTelemetry calls the transports. */
final class Transports {
    private Transports() {}

    static String of(@Nullable SocketAddress address) {
        return address instanceof UnixDomainSocketAddress ? "unix" : "tcp";
    }
}
