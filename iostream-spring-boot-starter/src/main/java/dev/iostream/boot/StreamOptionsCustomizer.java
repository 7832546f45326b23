package dev.iostream.boot;

import dev.iostream.stream.StreamOptions;

/**
 * Adjusts how the streams of all configured servers and clients are made. A bean of this type is asked once for each, after
 * its properties and the customizers of its own kind; several are asked in their order.
 *
 * <pre>{@code
 * @Bean
 * StreamOptionsCustomizer audit(Audit audit) {
 *     return (role, endpoint, options) ->
 *             options.toBuilder().listener(options.listener().and(audit)).build();
 * }
 * }</pre>
 */
@FunctionalInterface
public interface StreamOptionsCustomizer {
    /** The options to make the streams with: the given ones, or others with the same endpoint. */
    StreamOptions customize(EndpointRole role, String endpoint, StreamOptions options);
}
