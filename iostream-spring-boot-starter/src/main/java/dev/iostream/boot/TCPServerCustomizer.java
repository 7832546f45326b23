package dev.iostream.boot;

import dev.iostream.server.ServerOptions;

/**
 * Adjusts how configured servers are made, beyond what properties can say. A bean of this type is asked once for each
 * server, after its properties were applied; several are asked in their order.
 *
 * <pre>{@code
 * @Bean
 * TCPServerCustomizer backPressure() {
 *     return (name, options) -> options.stream(
 *             options.stream().toBuilder().waterMarks(16 * 1024, 64 * 1024).build());
 * }
 * }</pre>
 */
@FunctionalInterface
public interface TCPServerCustomizer {
    /** The options to make the server with: the given ones, or others of the same name. */
    ServerOptions customize(String server, ServerOptions options);
}
