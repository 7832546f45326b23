package dev.iostream.boot;

import dev.iostream.client.TCPClient;

/**
 * Adjusts how configured clients are made, beyond what properties can say. A bean of this type is asked once for each
 * client, after its properties were applied; several are asked in their order.
 *
 * <pre>{@code
 * @Bean
 * TCPClientCustomizer oneMoreTarget() {
 *     return (name, client) -> client.target("standby.internal:9000");
 * }
 * }</pre>
 */
@FunctionalInterface
public interface TCPClientCustomizer {
    /** Adjusts what the client of that name is to be made of. Its name stays. */
    void customize(String name, TCPClient.Builder client);
}
