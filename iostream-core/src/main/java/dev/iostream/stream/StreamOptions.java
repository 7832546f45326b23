package dev.iostream.stream;

import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.transport.DialOptions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How streams are made: limits, deadlines, and who is told. Immutable; shared by any number of streams.
 *
 * @param maxBufferSize what a stream holds at most that was read and not yet asked for
 * @param maxWriteBufferSize what it holds at most that was written and not yet sent
 * @param lowWaterMark bytes unsent below which a stream is writable again
 * @param highWaterMark bytes unsent from which a stream is not writable
 * @param closeTimeout how long a close waits for queued bytes to leave and for the peer's end
 * @param firstByteTimeout how long the first byte of a connection may take while a message is read; null for no limit
 * @param readTimeout how long a message may take from its first byte on; null for no limit
 * @param idleTimeout how long nothing may be read or written; null for no limit
 * @param writeStallTimeout how long the peer may take no bytes while some are queued; null for no limit
 * @param dial how the streams connect: resolver, network, deadlines, source address and socket options
 * @param endpoint what the streams count towards
 * @param listener who is told of their opening and closing
 * @param context what is carried from where a callback is given to where it is called
 */
public record StreamOptions(
        Limit maxBufferSize,
        Limit maxWriteBufferSize,
        long lowWaterMark,
        long highWaterMark,
        Duration closeTimeout,
        @Nullable Duration firstByteTimeout,
        @Nullable Duration readTimeout,
        @Nullable Duration idleTimeout,
        @Nullable Duration writeStallTimeout,
        DialOptions dial,
        Endpoint endpoint,
        IOListener listener,
        ContextCarrier context) {
    private static final StreamOptions DEFAULTS = builder().build();

    /** The defaults, counted together as endpoint {@code default}. */
    public static StreamOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.maxBufferSize = maxBufferSize;
        builder.maxWriteBufferSize = writesHaveTheirOwnLimit() ? maxWriteBufferSize : null;
        builder.lowWaterMark = lowWaterMark;
        builder.highWaterMark = highWaterMark;
        builder.closeTimeout = closeTimeout;
        builder.firstByteTimeout = firstByteTimeout;
        builder.readTimeout = readTimeout;
        builder.idleTimeout = idleTimeout;
        builder.writeStallTimeout = writeStallTimeout;
        builder.dial = dial;
        builder.endpoint = endpoint;
        builder.listener = listener;
        builder.context = context;
        return builder;
    }

    /** Whether the limit of writes was set by itself; else it is the very one of reads. */
    private boolean writesHaveTheirOwnLimit() {
        return maxWriteBufferSize != maxBufferSize;
    }

    /** Collects options. Sizes are bytes. */
    public static final class Builder {
        private Limit maxBufferSize = new Limit(IOStream.DEFAULT_MAX_BUFFER_SIZE, "StreamOptions.maxBufferSize");
        private @Nullable Limit maxWriteBufferSize;
        private long lowWaterMark = 64 * 1024;
        private long highWaterMark = 256 * 1024;
        private Duration closeTimeout = Duration.ofSeconds(5);
        private @Nullable Duration firstByteTimeout;
        private @Nullable Duration readTimeout;
        private @Nullable Duration idleTimeout;
        private @Nullable Duration writeStallTimeout;
        private DialOptions dial = DialOptions.defaults();
        private @Nullable Duration dnsTimeout;
        private @Nullable Duration connectTimeout;
        private @Nullable Endpoint endpoint;
        private IOListener listener = IOListener.NONE;
        private ContextCarrier context = ContextCarrier.NONE;

        private Builder() {}

        /** The most that is held in each direction: 104,857,600 bytes by default, at least 1. */
        public Builder maxBufferSize(long bytes) {
            return maxBufferSize(new Limit(bytes, "StreamOptions.maxBufferSize"));
        }

        /** The same with the name of the setting that messages show. */
        public Builder maxBufferSize(Limit limit) {
            maxBufferSize = Objects.requireNonNull(limit, "limit");
            return this;
        }

        /** The most that is held unsent, where it differs from {@link #maxBufferSize(long)}. */
        public Builder maxWriteBufferSize(long bytes) {
            return maxWriteBufferSize(new Limit(bytes, "StreamOptions.maxWriteBufferSize"));
        }

        /** The same with the name of the setting that messages show. */
        public Builder maxWriteBufferSize(Limit limit) {
            maxWriteBufferSize = Objects.requireNonNull(limit, "limit");
            return this;
        }

        /** Where back pressure ends and begins: 64 KiB and 256 KiB by default. */
        public Builder waterMarks(long low, long high) {
            if (low < 0 || high <= low) {
                throw new IllegalArgumentException(
                        "The low water mark must be at least 0 and below the high one, were " + low + " and " + high);
            }
            lowWaterMark = low;
            highWaterMark = high;
            return this;
        }

        /** How long a close waits for queued bytes to leave and for the peer's end: 5 s by default. */
        public Builder closeTimeout(Duration timeout) {
            if (timeout.isNegative()) {
                throw new IllegalArgumentException("closeTimeout must not be negative, was " + timeout);
            }
            closeTimeout = timeout;
            return this;
        }

        /** How long the first byte of a connection may take while a message is read; null, the default, for no limit. */
        public Builder firstByteTimeout(@Nullable Duration timeout) {
            firstByteTimeout = positive(timeout, "firstByteTimeout");
            return this;
        }

        /**
         * How long a message may take from its first byte on; null, the default, for no limit. Messages are what the reads
         * without streaming give; a stream that is read until it closes has none.
         */
        public Builder readTimeout(@Nullable Duration timeout) {
            readTimeout = positive(timeout, "readTimeout");
            return this;
        }

        /** How long nothing may be read or written; null, the default, for no limit. */
        public Builder idleTimeout(@Nullable Duration timeout) {
            idleTimeout = positive(timeout, "idleTimeout");
            return this;
        }

        /** How long the peer may take no bytes while some are queued; null, the default, for no limit. */
        public Builder writeStallTimeout(@Nullable Duration timeout) {
            writeStallTimeout = positive(timeout, "writeStallTimeout");
            return this;
        }

        private static @Nullable Duration positive(@Nullable Duration timeout, String option) {
            if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
                throw new IllegalArgumentException(option + " must be positive, or null for no limit; was " + timeout);
            }
            return timeout;
        }

        /** How long a name may take to be resolved when a stream connects: 30 s by default; zero for no limit. */
        public Builder dnsTimeout(Duration timeout) {
            dnsTimeout = timeout;
            return this;
        }

        /** How long the addresses may take to be connected to: 10 s by default; zero for no limit but the system's. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** How streams connect, but for what {@link #dnsTimeout} and {@link #connectTimeout} say. */
        public Builder dial(DialOptions newDial) {
            dial = Objects.requireNonNull(newDial, "dial");
            return this;
        }

        /** What the streams count towards. */
        public Builder endpoint(Endpoint newEndpoint) {
            endpoint = Objects.requireNonNull(newEndpoint, "endpoint");
            return this;
        }

        /** Who is told of opening and closing. */
        public Builder listener(IOListener newListener) {
            listener = Objects.requireNonNull(newListener, "listener");
            return this;
        }

        /** What is carried into callbacks: nothing by default. */
        public Builder context(ContextCarrier newContext) {
            context = Objects.requireNonNull(newContext, "context");
            return this;
        }

        private DialOptions dialWithin() {
            DialOptions within = dnsTimeout == null ? dial : dial.dnsTimeout(dnsTimeout);
            return connectTimeout == null ? within : within.connectTimeout(connectTimeout);
        }

        /** The options as collected so far. */
        public StreamOptions build() {
            return new StreamOptions(
                    maxBufferSize,
                    maxWriteBufferSize == null ? maxBufferSize : maxWriteBufferSize,
                    lowWaterMark,
                    highWaterMark,
                    closeTimeout,
                    firstByteTimeout,
                    readTimeout,
                    idleTimeout,
                    writeStallTimeout,
                    dialWithin(),
                    endpoint == null ? new Endpoint("default") : endpoint,
                    listener,
                    context);
        }
    }
}
