package dev.iostream.benchmarks.peer.plain;

import dev.iostream.benchmarks.peer.Console;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/** The same as the application with the starter, less the starter. */
@SpringBootApplication
public class PlainApplication {
    public static void main(String[] args) {
        new SpringApplicationBuilder(PlainApplication.class)
                .web(WebApplicationType.NONE)
                .run();
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        Console.ready();
    }
}
