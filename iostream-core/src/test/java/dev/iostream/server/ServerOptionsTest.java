package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.event.Endpoint;
import dev.iostream.stream.StreamOptions;
import java.net.StandardProtocolFamily;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class ServerOptionsTest {
    private final ServerOptions.Builder builder = ServerOptions.builder("echo");

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        ServerOptions options = ServerOptions.named("echo");
        assertThat(options.backlog()).isEqualTo(1024);
        assertThat(options.maxConnections()).isEqualTo(ServerOptions.UNLIMITED);
        assertThat(options.maxConnectionsPerPeer()).isEqualTo(ServerOptions.UNLIMITED);
        assertThat(options.reusePort()).isFalse();
        assertThat(options.family()).isNull();
        assertThat(options.admission()).isEqualTo(Admission.defaults());
        assertThat(PosixFilePermissions.toString(options.fileMode())).isEqualTo("rw-------");
    }

    @Test
    void aBuilderThatStartsFromOptionsKeepsThemAll() {
        ServerOptions options = builder.backlog(1)
                .maxConnections(2)
                .maxConnectionsPerPeer(3)
                .reusePort(true)
                .family(StandardProtocolFamily.INET)
                .fileMode("rwxrwxrwx")
                .admission(Admission.defaults().deny("192.0.2.0/24"))
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(options.backlog(9).toBuilder().backlog(1).build()).isEqualTo(options);
    }

    @Test
    void limitsBelow1AreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.backlog(0).build())
                .withMessage("The backlog of server 'echo' must be at least 1, was 0");
        builder.backlog(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxConnections(0).build())
                .withMessageContaining("maxConnections of server 'echo'");
        builder.maxConnections(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxConnectionsPerPeer(-1).build())
                .withMessageContaining("maxConnectionsPerPeer of server 'echo'");
    }

    @Test
    void aFamilyThatIsNoneOfIPIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.family(StandardProtocolFamily.UNIX).build())
                .withMessageContaining("UNIX");
    }

    @Test
    void theStreamsCountTowardsTheServer() {
        ServerOptions options = builder.stream(StreamOptions.builder()
                        .endpoint(new Endpoint("another"))
                        .build())
                .build();
        assertThat(options.stream().endpoint().name()).isEqualTo("echo");
    }
}
