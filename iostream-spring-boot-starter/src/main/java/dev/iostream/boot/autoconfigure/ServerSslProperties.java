package dev.iostream.boot.autoconfigure;

import dev.iostream.tls.ClientAuth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

/** TLS of a server. */
@ConfigurationPropertiesSource
public class ServerSslProperties extends SslStoreProperties {
    /** Whether to ask clients for certificates. Anything but none requires a trust store. */
    private ClientAuth clientAuth = ClientAuth.NONE;

    /**
     * List of SSL bundles, each with a server-name that clients ask for and a bundle. Clients that ask for another get the
     * first certificate.
     */
    private List<ServerNameBundle> serverNameBundles = new ArrayList<>();

    public ClientAuth getClientAuth() {
        return clientAuth;
    }

    public void setClientAuth(ClientAuth clientAuth) {
        this.clientAuth = clientAuth;
    }

    public List<ServerNameBundle> getServerNameBundles() {
        return serverNameBundles;
    }

    public void setServerNameBundles(List<ServerNameBundle> serverNameBundles) {
        this.serverNameBundles = serverNameBundles;
    }

    /** The bundle for one name. */
    public static class ServerNameBundle {
        /** Name that clients ask for, such as a.example or *.b.example. */
        private @Nullable String serverName;

        /** Name of the SSL bundle for it. */
        private @Nullable String bundle;

        public @Nullable String getServerName() {
            return serverName;
        }

        public void setServerName(@Nullable String serverName) {
            this.serverName = serverName;
        }

        public @Nullable String getBundle() {
            return bundle;
        }

        public void setBundle(@Nullable String bundle) {
            this.bundle = bundle;
        }
    }
}
