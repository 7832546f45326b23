package dev.iostream.boot.actuate;

import dev.iostream.event.CloseReason;
import dev.iostream.event.EndpointStats;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.TlsOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the streams of a server or client are made, and what they add up to. Nothing of it is secret: of TLS it says what is
 * spoken, and nothing of keys and where they are.
 */
public record StreamsDescriptor(Limits limits, @Nullable Tls tls, Counts counts) {
    static StreamsDescriptor of(StreamOptions options, @Nullable TlsOptions tls, EndpointStats stats) {
        return new StreamsDescriptor(Limits.of(options), tls == null ? null : Tls.of(tls), Counts.of(stats));
    }

    /** Bytes that a connection may hold, and its deadlines; null for none. */
    public record Limits(
            long maxBufferSize,
            long maxWriteBufferSize,
            long lowWaterMark,
            long highWaterMark,
            @Nullable Long firstByteTimeoutMillis,
            @Nullable Long readTimeoutMillis,
            @Nullable Long idleTimeoutMillis,
            @Nullable Long writeStallTimeoutMillis,
            long closeTimeoutMillis) {
        static Limits of(StreamOptions options) {
            return new Limits(
                    options.maxBufferSize().bytes(),
                    options.maxWriteBufferSize().bytes(),
                    options.lowWaterMark(),
                    options.highWaterMark(),
                    millis(options.firstByteTimeout()),
                    millis(options.readTimeout()),
                    millis(options.idleTimeout()),
                    millis(options.writeStallTimeout()),
                    options.closeTimeout().toMillis());
        }

        private static @Nullable Long millis(@Nullable Duration timeout) {
            return timeout == null ? null : timeout.toMillis();
        }
    }

    /** What is spoken. */
    public record Tls(
            List<String> protocols,
            List<String> applicationProtocols,
            boolean verify,
            boolean verifyHostname,
            String clientAuth,
            long handshakeTimeoutMillis) {
        static Tls of(TlsOptions options) {
            return new Tls(
                    options.protocols(),
                    options.applicationProtocols(),
                    options.verify(),
                    options.verifyHostname(),
                    options.clientAuth().name(),
                    options.handshakeTimeout().toMillis());
        }
    }

    /** What the streams add up to; bytes, where it is not connections. */
    public record Counts(
            long active,
            long opened,
            Map<CloseReason, Long> closed,
            Map<CloseReason, Long> failed,
            long received,
            long sent,
            long readBuffer,
            long writeBuffer,
            long refusedWrites) {
        static Counts of(EndpointStats stats) {
            return new Counts(
                    stats.active(),
                    stats.opened(),
                    new TreeMap<>(stats.closed()),
                    new TreeMap<>(stats.failed()),
                    stats.received(),
                    stats.sent(),
                    stats.readBuffer(),
                    stats.writeBuffer(),
                    stats.refusedWrites());
        }
    }
}
