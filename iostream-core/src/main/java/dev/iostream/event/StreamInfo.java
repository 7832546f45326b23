package dev.iostream.event;

import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream at one moment, for observers: immutable, and safe to keep.
 *
 * @param id unique among all streams of this JVM
 * @param endpoint the server or client that it belongs to
 * @param loop the name of its loop
 * @param state the name of its state: {@code NEW}, {@code OPENING}, {@code OPEN}, {@code CLOSING} or {@code CLOSED}
 * @param local its own address, once it has one
 * @param remote its peer's address, once it has one; if a proxy has connected for the peer and says so, that of the peer
 * @param proxy the address of that proxy, or null when there is none
 * @param open how long it has been open, or was until it closed; zero before it opened
 * @param bytesReceived bytes read from the transport so far
 * @param bytesSent bytes written to the transport so far
 * @param buffered bytes read but not yet given to a callback
 * @param unsent bytes written by the user but not yet to the transport
 * @param peakBuffered the most bytes that it held read but not yet given to a callback
 * @param peakUnsent the most bytes that it held written but not yet sent
 * @param tlsProtocol what it is encrypted with, such as {@code TLSv1.3}; null for plain, or during the handshake
 * @param identity the subject of the certificate that the peer has shown; null when it has shown none
 * @param closeReason why it closed, once it has
 */
public record StreamInfo(
        long id,
        String endpoint,
        String loop,
        String state,
        @Nullable SocketAddress local,
        @Nullable SocketAddress remote,
        @Nullable SocketAddress proxy,
        Duration open,
        long bytesReceived,
        long bytesSent,
        long buffered,
        long unsent,
        long peakBuffered,
        long peakUnsent,
        @Nullable String tlsProtocol,
        @Nullable String identity,
        @Nullable CloseReason closeReason) {}
