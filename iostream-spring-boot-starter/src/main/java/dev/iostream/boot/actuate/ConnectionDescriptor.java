package dev.iostream.boot.actuate;

import dev.iostream.event.Printable;
import dev.iostream.event.StreamInfo;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;

/**
 * A connection at one moment.
 *
 * @param remote the address of the peer, or asterisks
 * @param proxy the address of the proxy that has connected for it, or asterisks; null without one
 * @param identity the subject of the peer's certificate, or asterisks; null when it has shown none
 * @param tls what it is encrypted with; null for plain
 * @param buffered bytes read that nobody has asked for
 * @param unsent bytes written that the system has not taken
 * @param diagnosis what it waits for
 */
public record ConnectionDescriptor(
        long id,
        String loop,
        String state,
        @Nullable String remote,
        @Nullable String proxy,
        @Nullable String identity,
        @Nullable String tls,
        long openMillis,
        long bytesReceived,
        long bytesSent,
        long buffered,
        long unsent,
        long peakBuffered,
        long peakUnsent,
        Diagnosis diagnosis) {
    static ConnectionDescriptor of(StreamInfo info, Diagnosis diagnosis, boolean showPeers) {
        return new ConnectionDescriptor(
                info.id(),
                info.loop(),
                info.state(),
                shown(printable(info.remote()), showPeers),
                shown(printable(info.proxy()), showPeers),
                shown(info.identity(), showPeers),
                info.tlsProtocol(),
                info.open().toMillis(),
                info.bytesReceived(),
                info.bytesSent(),
                info.buffered(),
                info.unsent(),
                info.peakBuffered(),
                info.peakUnsent(),
                diagnosis);
    }

    private static @Nullable String printable(@Nullable SocketAddress address) {
        return address == null ? null : Printable.address(address);
    }

    private static @Nullable String shown(@Nullable String ofPeer, boolean showPeers) {
        return ofPeer == null || showPeers ? ofPeer : SanitizableData.SANITIZED_VALUE;
    }

    /** Bytes that it holds in both buffers. */
    long held() {
        return buffered + unsent;
    }
}
