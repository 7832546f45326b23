package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.dns.Resolver;
import dev.iostream.event.Endpoint;
import dev.iostream.stream.Limit;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.DialOptions;
import dev.iostream.transport.TransportOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Makes stream options from properties: what a server or client does not set it takes from the global properties, then from
 * core.
 */
final class StreamOptionsFactory {
    private static final String FACTORY_ENDPOINT = "default";

    private final IOStreamProperties global;
    private final Resolver resolver;
    private final StreamOptionsCustomizer customizers;

    StreamOptionsFactory(IOStreamProperties global, Resolver resolver, StreamOptionsCustomizer customizers) {
        this.global = global;
        this.resolver = resolver;
        this.customizers = customizers;
    }

    /** What beans make of the options of a server's or client's streams, after all other customizers. */
    StreamOptions customized(EndpointRole role, String endpoint, StreamOptions options) {
        return customizers.customize(role, endpoint, options);
    }

    /** For streams that are neither a server's nor a client's. */
    StreamOptions ofFactory() {
        var defaults = new ClientProperties();
        StreamOptions options = builder(FACTORY_ENDPOINT, defaults, property -> "iostream." + property)
                .build();
        return customized(EndpointRole.FACTORY, FACTORY_ENDPOINT, options);
    }

    /**
     * For the streams of one server or client.
     *
     * @param path the whole name of one of its properties
     */
    StreamOptions.Builder builder(String endpoint, StreamProperties own, UnaryOperator<String> path) {
        Limit read = maxBufferSize(own, path);
        return StreamOptions.builder()
                .endpoint(new Endpoint(endpoint))
                .maxBufferSize(read)
                .maxWriteBufferSize(maxWriteBufferSize(own, path, read))
                .waterMarks(
                        own.getLowWaterMark().toBytes(), own.getHighWaterMark().toBytes())
                .firstByteTimeout(unlessZero(own.getFirstByteTimeout()))
                .readTimeout(unlessZero(own.getReadTimeout()))
                .idleTimeout(unlessZero(own.getIdleTimeout()))
                .writeStallTimeout(unlessZero(own.getWriteStallTimeout()))
                .closeTimeout(own.getCloseTimeout())
                .dial(dial(own));
    }

    private DialOptions dial(StreamProperties own) {
        Duration dnsTimeout = own.getDnsTimeout() != null ? own.getDnsTimeout() : global.getDnsTimeout();
        return DialOptions.defaults().resolver(resolver).dnsTimeout(dnsTimeout).transport(sockets(own.getTcp(), true));
    }

    /**
     * What sockets are set to.
     *
     * @param network whether any of them is one of a network, since others have no keep-alive
     */
    static TransportOptions sockets(TcpProperties tcp, boolean network) {
        return TransportOptions.defaults()
                .noDelay(tcp.isNoDelay())
                .keepAlive(tcp.isKeepAlive() && network)
                .sendBuffer(bytes(tcp.getSendBufferSize()))
                .receiveBuffer(bytes(tcp.getReceiveBufferSize()));
    }

    private static @Nullable Integer bytes(@Nullable DataSize size) {
        return size == null ? null : Math.toIntExact(size.toBytes());
    }

    /** Core says null for no limit; in properties, where a default has to be taken back, it is 0. */
    private static @Nullable Duration unlessZero(@Nullable Duration timeout) {
        return timeout == null || timeout.isZero() ? null : timeout;
    }

    private Limit maxBufferSize(StreamProperties own, UnaryOperator<String> path) {
        Limit limit = limit(own.getMaxBufferSize(), path.apply("max-buffer-size"));
        return limit != null ? limit : limitOf(global.getMaxBufferSize(), "iostream.max-buffer-size");
    }

    private Limit maxWriteBufferSize(StreamProperties own, UnaryOperator<String> path, Limit read) {
        Limit limit = limit(own.getMaxWriteBufferSize(), path.apply("max-write-buffer-size"));
        if (limit == null) {
            limit = limit(global.getMaxWriteBufferSize(), "iostream.max-write-buffer-size");
        }
        return limit != null ? limit : read;
    }

    private static @Nullable Limit limit(@Nullable DataSize size, String property) {
        return size == null ? null : limitOf(size, property);
    }

    private static Limit limitOf(DataSize size, String property) {
        return new Limit(size.toBytes(), property);
    }
}
