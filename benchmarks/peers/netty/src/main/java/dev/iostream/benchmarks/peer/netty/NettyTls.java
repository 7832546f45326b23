package dev.iostream.benchmarks.peer.netty;

import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Order;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;

/** Netty's contexts over the engine that the setting {@code tls=} names. */
final class NettyTls {
    private NettyTls() {}

    static SslContext context(Order order) throws GeneralSecurityException, IOException {
        SslContextBuilder builder = SslContextBuilder.forServer(Identity.keys(order));
        switch (order.text("tls")) {
            case "jdk":
                return builder.sslProvider(SslProvider.JDK).build();
            case "openssl":
                return builder.sslProvider(SslProvider.OPENSSL).build();
            case "conscrypt":
                // Netty has a way of its own with Conscrypt's engine up to Java 14 only; later it is like the JDK's to
                // it
                return builder.sslProvider(SslProvider.JDK)
                        .sslContextProvider(Identity.conscrypt())
                        .build();
            default:
                throw new IllegalArgumentException("Netty has no TLS of " + order.text("tls"));
        }
    }
}
