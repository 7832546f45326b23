package dev.iostream.boot;

import dev.iostream.server.StreamHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with an echo server and all that Spring Boot configures by itself, seen from its sockets. */
public final class WebApplication implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;

    /** Starts it with these properties, each as in {@code name=value}. */
    public WebApplication(String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--iostream.server.echo.port=0",
                "--iostream.server.echo.address=127.0.0.1",
                "--iostream.loop.count=1"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new));
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public IOStreamServers servers() {
        return context.getBean(IOStreamServers.class);
    }

    /** A connection to its echo server. */
    public LineClient connect() throws IOException {
        return new LineClient(servers().port("echo"));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    public HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(LIMIT);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }

        /** For a second server, where there is one. */
        @Bean
        StreamHandler pem() {
            return Handlers.echo();
        }
    }
}
