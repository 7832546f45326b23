package dev.iostream.boot.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.boot.ssl.SslBundleFailure.Kind;
import dev.iostream.tls.SslContexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

/** Contexts of bundles. */
class IOStreamSslContextsTest {
    private static final String PASSWORD = "secret";
    private static final TestKeys FIRST = TestKeys.named("first");
    private static final TestKeys SECOND = TestKeys.named("second");

    @TempDir
    Path folder;

    private final DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry();
    private final IOStreamSslContexts contexts = new IOStreamSslContexts(registry);
    private final List<String> told = new ArrayList<>();

    private SslBundle bundle(TestKeys keys) throws IOException {
        Path store = keys.keyStore(folder.resolve("store.p12"), PASSWORD);
        return SslBundle.of(new JksSslStoreBundle(
                JksSslStoreDetails.forLocation(store.toString()).withPassword(PASSWORD), null));
    }

    private IOStreamSslContexts.UpdateListener listener(String name) {
        return new IOStreamSslContexts.UpdateListener() {
            @Override
            public void updated(LoadedBundle bundle) {
                told.add(name + " updated");
                if (name.equals("failing")) {
                    throw new IllegalStateException("not today");
                }
            }

            @Override
            public void refused(SslBundleFailure failure) {
                told.add(name + " refused");
            }
        };
    }

    @Test
    void aBundleThatIsNotThereIsNamed() {
        for (IOStreamSslContexts each : List.of(contexts, new IOStreamSslContexts(null))) {
            assertThatExceptionOfType(SslBundleFailure.class)
                    .isThrownBy(() -> each.get("web"))
                    .withMessage("SSL bundle 'web': there is no such bundle")
                    .satisfies(failure -> assertThat(failure.getKind()).isEqualTo(Kind.UNKNOWN_BUNDLE));
        }
    }

    @Test
    void whatWasMadeTellsOfTheBundle() throws Exception {
        registry.registerBundle("web", bundle(FIRST));

        LoadedBundle loaded = contexts.load("web");

        assertThat(loaded.certificate()).isEqualTo(FIRST.certificate());
        assertThat(loaded.trusting()).isFalse();
        assertThat(loaded).hasToString("LoadedBundle[web]");
        assertThat(contexts.bundleNames()).containsExactly("web");
    }

    @Test
    void aBundleWithManagersOfItsOwnMakesItsContextItself() {
        SSLContext own = SslContexts.client();
        SslManagerBundle managers = SslManagerBundle.from(SslStoreBundle.NONE, null);
        registry.registerBundle("token", new SslBundle() {
            @Override
            public SslStoreBundle getStores() {
                return SslStoreBundle.NONE;
            }

            @Override
            public org.springframework.boot.ssl.SslBundleKey getKey() {
                return org.springframework.boot.ssl.SslBundleKey.NONE;
            }

            @Override
            public SslOptions getOptions() {
                return SslOptions.NONE;
            }

            @Override
            public String getProtocol() {
                return "TLS";
            }

            @Override
            public SslManagerBundle getManagers() {
                return managers;
            }

            @Override
            public SSLContext createSslContext() {
                return own;
            }
        });

        assertThat(contexts.get("token")).isSameAs(own);
    }

    @Test
    void allWhoListenAreToldAlsoWhenOneOfThemFails() throws Exception {
        registry.registerBundle("web", bundle(FIRST));
        contexts.addUpdateListener("web", listener("failing"));
        contexts.addUpdateListener("web", listener("other"));

        assertThatIllegalStateException()
                .isThrownBy(() -> registry.updateBundle("web", bundle(SECOND)))
                .withMessage("not today");

        assertThat(told).containsExactly("failing updated", "other updated");
        assertThat(contexts.load("web").certificate()).isEqualTo(SECOND.certificate());
    }
}
