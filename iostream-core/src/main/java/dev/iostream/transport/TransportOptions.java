package dev.iostream.transport;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;

/**
 * What sockets are set to, those that connect and those that are accepted. Immutable.
 *
 * <p>Unix-domain sockets have only the buffers of these; the rest is ignored on them. A simulation ignores all.
 *
 * @param noDelay whether small writes leave at once (TCP_NODELAY) instead of waiting for more
 * @param keepAlive whether the system probes a peer that has been silent for long (SO_KEEPALIVE)
 * @param sendBuffer bytes that the system buffers for sending, at least 1, or null to let it choose
 * @param receiveBuffer bytes that it buffers of what was received, at least 1, or null to let it choose
 */
public record TransportOptions(
        boolean noDelay,
        boolean keepAlive,
        @Nullable Integer sendBuffer,
        @Nullable Integer receiveBuffer) {
    private static final Logger LOG = System.getLogger(TransportOptions.class.getName());
    private static final TransportOptions DEFAULTS = new TransportOptions(true, false, null, null);

    private static boolean warned;

    /** Checks the ranges. */
    public TransportOptions {
        check("sendBuffer", sendBuffer);
        check("receiveBuffer", receiveBuffer);
    }

    private static void check(String name, @Nullable Integer size) {
        if (size != null && size < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 byte, was " + size);
        }
    }

    /** No delay, no keep-alive, buffers as the system chooses. */
    public static TransportOptions defaults() {
        return DEFAULTS;
    }

    /** The same with or without delay for small writes. */
    public TransportOptions noDelay(boolean on) {
        return new TransportOptions(on, keepAlive, sendBuffer, receiveBuffer);
    }

    /** The same with or without keep-alive probes. */
    public TransportOptions keepAlive(boolean on) {
        return new TransportOptions(noDelay, on, sendBuffer, receiveBuffer);
    }

    /** The same with a send buffer of so many bytes, or null to let the system choose. */
    public TransportOptions sendBuffer(@Nullable Integer bytes) {
        return new TransportOptions(noDelay, keepAlive, bytes, receiveBuffer);
    }

    /** The same with a receive buffer of so many bytes, or null to let the system choose. */
    public TransportOptions receiveBuffer(@Nullable Integer bytes) {
        return new TransportOptions(noDelay, keepAlive, sendBuffer, bytes);
    }

    /** Sets what the channel has of it. */
    void apply(NetworkChannel channel) throws IOException {
        if (!channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            warnOnce();
        } else {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, noDelay);
            if (keepAlive) {
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            }
        }
        applyBuffer(channel, StandardSocketOptions.SO_SNDBUF, sendBuffer);
        applyBuffer(channel, StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }

    /** Sets what the sockets accepted by this one inherit, and what has to be known before they connect (RFC 7323). */
    void applyToListener(NetworkChannel channel) throws IOException {
        applyBuffer(channel, StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }

    private static void applyBuffer(NetworkChannel channel, SocketOption<Integer> option, @Nullable Integer size)
            throws IOException {
        if (size != null && channel.supportedOptions().contains(option)) {
            channel.setOption(option, size);
        }
    }

    private void warnOnce() {
        if (keepAlive && !warned) {
            warned = true;
            LOG.log(Level.WARNING, "keepAlive is ignored on Unix-domain sockets, which have no such option");
        }
    }
}
