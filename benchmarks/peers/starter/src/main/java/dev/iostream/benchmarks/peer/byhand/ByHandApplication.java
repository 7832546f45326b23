package dev.iostream.benchmarks.peer.byhand;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Order;
import dev.iostream.benchmarks.peer.iostream.LineEcho;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import java.io.IOException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/** An application without web and with one server, which it makes by hand. */
@SpringBootApplication(proxyBeanMethods = false)
public class ByHandApplication {
    public static void main(String[] args) {
        new SpringApplicationBuilder(ByHandApplication.class)
                .web(WebApplicationType.NONE)
                .run();
    }

    @Bean(initMethod = "start")
    IOLoopGroup loops() {
        return IOLoopGroup.of(1, "echo");
    }

    @Bean
    TCPServer server(IOLoopGroup loops) throws IOException {
        var server = new TCPServer(
                loops,
                stream -> new LineEcho(stream).readLine(),
                ServerOptions.named("echo").backlog(Order.BACKLOG));
        server.listen(Order.anyPort());
        return server;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        Console.ready(event.getApplicationContext()
                .getBean(TCPServer.class)
                .localAddresses()
                .get(0));
    }
}
