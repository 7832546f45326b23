package dev.iostream.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The starter in applications that do not have all that it can use. */
class OptionalClassesTest {
    /** Not filtered, but really not there, with all the jars that need what is missing. */
    @ParameterizedTest
    @CsvSource({
        "io.micrometer.core.instrument.MeterRegistry, micrometer-(core|registry)|boot-(.*micrometer|.*metrics|actuator|.*web)",
        "org.springframework.boot.health.contributor.Health, boot-(.*health|actuator|.*web)",
        "org.springframework.boot.actuate.endpoint.annotation.Endpoint, boot-.*actuator",
        "org.springframework.web.bind.WebDataBinder, spring-(web|boot-.*(web|servlet|tomcat|jackson|http))",
    })
    void eachOptionalTechnologyCanBeMissing(String missing, String jars) throws Exception {
        Pattern needy = Pattern.compile(".*(" + jars + ").*");
        assertThatServes(jar -> !needy.matcher(jar).matches(), missing);
    }

    /** With the jars that the starter itself brings, and no others. */
    @Test
    void theBareStarterServes() throws Exception {
        assertThatServes(
                TestClassPath::isOfStarter,
                "io.micrometer.core.instrument.MeterRegistry",
                "org.springframework.boot.health.contributor.Health",
                "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
                "org.springframework.web.bind.WebDataBinder");
    }

    private static void assertThatServes(Predicate<String> jars, String... missing) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (Path entry : TestClassPath.with(jars)) {
            urls.add(entry.toUri().toURL());
        }
        try (var loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThat(missing).noneMatch(name -> isThere(name, loader)).allMatch(name -> isThere(name, null));
            Thread thread = Thread.currentThread();
            ClassLoader former = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                Object answer = Class.forName(Bare.class.getName(), true, loader)
                        .getMethod("answer")
                        .invoke(null);
                assertThat(answer).isEqualTo("hello\n");
            } finally {
                thread.setContextClassLoader(former);
            }
        }
    }

    /** With null for the loader of this test. */
    private static boolean isThere(String name, @Nullable ClassLoader loader) {
        try {
            Class.forName(name, false, loader == null ? OptionalClassesTest.class.getClassLoader() : loader);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        dev.iostream.server.StreamHandler echo() {
            return Handlers.echo();
        }
    }

    /** Needs nothing but the starter, so that it can be loaded without the rest. */
    public static final class Bare {
        static final String[] PROPERTIES = {
            "iostream.loop.count=1",
            "iostream.server.echo.port=0",
            "iostream.server.echo.address=127.0.0.1",
            "iostream.server.echo.close-timeout=10ms",
            "iostream.client.self.targets=localhost:1",
            // Tomcat starts once in a JVM, and other tests may have started it by another class loader
            "spring.main.web-application-type=none"
        };

        private Bare() {}

        public static String answer() throws IOException {
            var application = new org.springframework.boot.SpringApplication(Application.class);
            application.setRegisterShutdownHook(false);
            String[] arguments =
                    Stream.of(PROPERTIES).map(property -> "--" + property).toArray(String[]::new);
            try (var context = application.run(arguments);
                    var client = new LineClient(
                            context.getBean(IOStreamServers.class).port("echo"))) {
                client.send("hello\n");
                return client.receive();
            }
        }
    }
}
