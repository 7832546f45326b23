package dev.iostream.benchmarks.peer.starter;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Job;
import dev.iostream.benchmarks.peer.Order;
import dev.iostream.benchmarks.peer.iostream.LineEcho;
import dev.iostream.boot.IOStreamServer;
import dev.iostream.boot.IOStreamServerStartedEvent;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.net.SocketAddress;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/** An application without web and with one server of the starter; meters are on. */
@SpringBootApplication
public class StarterServer {
    private SocketAddress address;

    public static void main(String[] args) {
        Order order = Order.of(args);
        if (order.job() != Job.ECHO || order.secure()) {
            throw order.unknown();
        }
        new SpringApplicationBuilder(StarterServer.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of(
                        "iostream.loop.count",
                        1,
                        "iostream.server.echo.address",
                        "127.0.0.1",
                        "iostream.server.echo.port",
                        0,
                        "iostream.server.echo.backlog",
                        Order.BACKLOG))
                .run();
    }

    @EventListener
    void started(IOStreamServerStartedEvent event) {
        address = event.getAddresses().get(0);
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        Console.ready(address);
    }

    /** Answers each line with the same line. */
    @IOStreamServer("echo")
    static class EchoHandler implements StreamHandler {
        @Override
        public void handle(IOStream stream) {
            new LineEcho(stream).readLine();
        }
    }
}
