package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.SslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.core.Ordered;

/**
 * Makes SSL bundles of the stores and certificates that are set at a server or client itself, named {@code
 * iostream.server.<name>} and {@code iostream.client.<name>}. It comes before Boot's own registrar and leaves them to it,
 * which also watches their files.
 */
final class InlineBundles implements SslBundleRegistrar, Ordered {
    private final IOStreamProperties properties;
    private final SslProperties bundles;

    InlineBundles(IOStreamProperties properties, SslProperties bundles) {
        this.properties = properties;
        this.bundles = bundles;
    }

    @Override
    public void registerBundles(SslBundleRegistry registry) {
        properties.getServer().forEach((name, server) -> {
            if (server.isEnabled()) {
                add(nameOf(EndpointRole.SERVER, name), server.getSsl());
            }
        });
        properties.getClient().forEach((name, client) -> {
            if (client.isEnabled()) {
                add(nameOf(EndpointRole.CLIENT, name), client.getSsl());
            }
        });
    }

    /** The bundle of what is set at that server or client itself. */
    static String nameOf(EndpointRole role, String name) {
        return "iostream." + role + "." + name;
    }

    private void add(String bundle, SslStoreProperties ssl) {
        if (!ssl.isOn() || !ssl.hasStores()) {
            return;
        }
        if (ssl.getCertificate() != null || ssl.getTrustCertificate() != null) {
            bundles.getBundle().getPem().put(bundle, pem(ssl));
        } else {
            bundles.getBundle().getJks().put(bundle, stores(ssl));
        }
    }

    private static JksSslBundleProperties stores(SslStoreProperties ssl) {
        var bundle = new JksSslBundleProperties();
        fill(bundle, ssl);
        bundle.getKey().setPassword(ssl.getKeyPassword());
        bundle.getKeystore().setLocation(ssl.getKeyStore());
        bundle.getKeystore().setPassword(ssl.getKeyStorePassword());
        bundle.getKeystore().setType(ssl.getKeyStoreType());
        bundle.getKeystore().setProvider(ssl.getKeyStoreProvider());
        bundle.getTruststore().setLocation(ssl.getTrustStore());
        bundle.getTruststore().setPassword(ssl.getTrustStorePassword());
        bundle.getTruststore().setType(ssl.getTrustStoreType());
        bundle.getTruststore().setProvider(ssl.getTrustStoreProvider());
        return bundle;
    }

    private static PemSslBundleProperties pem(SslStoreProperties ssl) {
        var bundle = new PemSslBundleProperties();
        fill(bundle, ssl);
        bundle.getKeystore().setCertificate(ssl.getCertificate());
        bundle.getKeystore().setPrivateKey(ssl.getCertificatePrivateKey());
        bundle.getKeystore().setPrivateKeyPassword(ssl.getCertificatePrivateKeyPassword());
        bundle.getTruststore().setCertificate(ssl.getTrustCertificate());
        return bundle;
    }

    private static void fill(SslBundleProperties bundle, SslStoreProperties ssl) {
        bundle.setReloadOnUpdate(ssl.isReloadOnUpdate());
        bundle.getKey().setAlias(ssl.getKeyAlias());
    }

    /** Before Boot's registrar, which has no order. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
