package dev.iostream.benchmarks.peer.integration;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Job;
import dev.iostream.benchmarks.peer.Order;
import java.net.InetSocketAddress;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.tcp.connection.DefaultTcpNioSSLConnectionSupport;
import org.springframework.integration.ip.tcp.connection.TcpConnectionServerListeningEvent;
import org.springframework.integration.ip.tcp.connection.TcpNioServerConnectionFactory;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;

/**
 * An inbound gateway over an NIO server with the library's own framing: the flow's reply goes back on the connection that
 * the request came from.
 *
 * <p>Its default executor starts a thread for each connection that has something to read, which is what makes it fast
 * beside a fixed pool. It promises no order among messages of one connection that come close together, so it is
 * measured with one in flight only.
 */
public final class IntegrationServer {
    private IntegrationServer() {}

    public static void main(String[] args) {
        Order order = Order.of(args);
        if (order.job() != Job.ECHO) {
            throw order.unknown();
        }
        var context = new AnnotationConfigApplicationContext();
        context.registerBean(Order.class, () -> order);
        context.register(Flow.class);
        context.addApplicationListener(event -> {
            if (event instanceof TcpConnectionServerListeningEvent listening) {
                Console.ready(new InetSocketAddress(listening.getPort()));
            }
        });
        context.refresh();
    }

    /** The server. */
    @Configuration
    @EnableIntegration
    static class Flow {
        @Bean
        TcpNioServerConnectionFactory server(Order order) {
            // with its default limit of 2,048 bytes: it allocates a buffer of that size for each message
            var lines = new ByteArrayLfSerializer();
            var server = new TcpNioServerConnectionFactory(0);
            server.setSerializer(lines);
            server.setDeserializer(lines);
            server.setSoTcpNoDelay(true);
            server.setBacklog(Order.BACKLOG);
            server.setLocalAddress("127.0.0.1");
            server.setUsingDirectBuffers(true);
            if (order.secure()) {
                server.setTcpNioConnectionSupport(
                        new DefaultTcpNioSSLConnectionSupport(() -> Identity.context(order), false));
            }
            return server;
        }

        @Bean
        IntegrationFlow echo(TcpNioServerConnectionFactory server) {
            return IntegrationFlow.from(Tcp.inboundGateway(server))
                    .handle(byte[].class, (line, headers) -> line)
                    .get();
        }
    }
}
