package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.event.Endpoint;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Beans that have a say in how all streams are made. */
class StreamOptionsCustomizerTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withPropertyValues("iostream.loop.count=1", "iostream.server.echo.port=0");

    private static StreamOptions withMarks(StreamOptions options, long low) {
        return options.toBuilder()
                .waterMarks(low, options.highWaterMark() + low)
                .build();
    }

    @Test
    void itIsAskedOnceForEachServerAfterWhatIsForServersOnly() {
        List<String> asked = new ArrayList<>();
        runner.withPropertyValues("iostream.server.echo.read-timeout=7s")
                .withBean(
                        TCPServerCustomizer.class,
                        () -> (name, options) -> options.stream(withMarks(options.stream(), 5)))
                .withBean(StreamOptionsCustomizer.class, () -> (role, endpoint, options) -> {
                    asked.add(role + " " + endpoint + " " + options.lowWaterMark() + " "
                            + options.readTimeout().toSeconds() + "s");
                    return withMarks(options, 6);
                })
                .run(context -> {
                    assertThat(asked).containsExactly("factory default 65536 30s", "server echo 5 7s");
                    StreamOptions made = context.getBean(IOStreamServers.class).get("echo").options().stream();
                    assertThat(made.lowWaterMark()).isEqualTo(6);
                });
    }

    @Test
    void itMayNotCountTheStreamsTowardsAnotherEndpoint() {
        runner.withBean(
                        StreamOptionsCustomizer.class,
                        () -> (role, endpoint, options) -> role == EndpointRole.SERVER
                                ? options.toBuilder()
                                        .endpoint(new Endpoint("other"))
                                        .build()
                                : options)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("The streams of server 'echo' cannot be counted towards another endpoint")
                        .hasMessageContaining("returned options of 'other'"));
    }

    @Test
    void aRoleIsNamedAsInMeters() {
        assertThat(EndpointRole.values())
                .extracting(EndpointRole::toString)
                .containsExactly("server", "client", "factory");
    }
}
