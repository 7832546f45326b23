package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class ReloadableTlsTest {
    private final SSLContext first = TestCertificates.server();
    private final SSLContext second = TestCertificates.server();
    private final TlsOptions options = TlsOptions.server(first).sniContexts(Map.of("a.example", first));
    private final ReloadableTls tls = new ReloadableTls(options);

    @Test
    void aNewContextLeavesAllElse() {
        tls.reload(second);
        assertThat(tls.current()).isEqualTo(options.context(second));
    }

    @Test
    void newOptionsReplaceAll() {
        TlsOptions others = TlsOptions.server(second).protocols("TLSv1.3");
        tls.reload(others);
        assertThat(tls.current()).isSameAs(others);
    }

    @Test
    void connectionsAreOutdatedFromAReloadToTheirEnd() {
        ReloadableTls.Use early = tls.use();
        ReloadableTls.Use other = tls.use();
        assertThat(tls.outdated()).isZero();
        tls.reload(second);
        assertThat(tls.outdated()).isEqualTo(2);
        ReloadableTls.Use late = tls.use();
        assertThat(early.options().context()).isSameAs(first);
        assertThat(late.options().context()).isSameAs(second);
        assertThat(tls.outdated()).isEqualTo(2);
        early.end();
        assertThat(tls.outdated()).isEqualTo(1);
        tls.reload(first);
        assertThat(tls.outdated()).as("also those of the second").isEqualTo(2);
        other.end();
        late.end();
        assertThat(tls.outdated()).isZero();
    }

    @Test
    void optionsForTheOtherEndAreRefused() {
        TlsOptions clients = TlsOptions.client(TestCertificates.client());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tls.reload(clients))
                .withMessageContaining("other end");
        assertThat(tls.current()).isSameAs(options);
    }
}
