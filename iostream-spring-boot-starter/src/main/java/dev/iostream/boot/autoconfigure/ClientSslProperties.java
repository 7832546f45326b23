package dev.iostream.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

/** TLS of a client. Trusts what the JDK does unless it is said otherwise. */
@ConfigurationPropertiesSource
public class ClientSslProperties extends SslStoreProperties {
    /**
     * Whether to verify that somebody who is trusted has signed the server's certificate, and that it is for the host.
     */
    private boolean verify = true;

    /** Whether to verify that the server's certificate is for the host. Better say server-name. */
    private boolean verifyHostname = true;

    /** Name that the server's certificate has to be for. Defaults to the host. */
    private @Nullable String serverName;

    /** Whether not to verify is meant also in profile prod. */
    private boolean insecure;

    public boolean isVerify() {
        return verify;
    }

    public void setVerify(boolean verify) {
        this.verify = verify;
    }

    public boolean isVerifyHostname() {
        return verifyHostname;
    }

    public void setVerifyHostname(boolean verifyHostname) {
        this.verifyHostname = verifyHostname;
    }

    public @Nullable String getServerName() {
        return serverName;
    }

    public void setServerName(@Nullable String serverName) {
        this.serverName = serverName;
    }

    public boolean isInsecure() {
        return insecure;
    }

    public void setInsecure(boolean insecure) {
        this.insecure = insecure;
    }
}
