package dev.iostream.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The sample: an echo server on port 9000, and its meters over HTTP on port 8080. */
@SpringBootApplication
public class SampleApplication {
    /** Runs until it is told to end. */
    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }
}
