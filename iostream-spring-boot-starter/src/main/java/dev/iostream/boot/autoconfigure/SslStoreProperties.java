package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DurationUnit;

/** What TLS of servers and of clients have in common: keys, trust, and how it is spoken. Named as in Spring Boot's web servers. */
@ConfigurationPropertiesSource
public abstract class SslStoreProperties {
    /** Whether to encrypt. Defaults to true when a bundle, a store or a certificate is set here. */
    private @Nullable Boolean enabled;

    /** Name of an SSL bundle, instead of stores or certificates here. */
    private @Nullable String bundle;

    /** Time that a handshake may take. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration handshakeTimeout = Duration.ofSeconds(10);

    /** Comma-separated list of protocols to speak inside (ALPN), the preferred one first. */
    private List<String> applicationProtocols = new ArrayList<>();

    /**
     * Comma-separated list of peers that are let in, by what their certificates name them, such as CN=term-* or
     * DNS:*.tills.example. Unset, all whose certificate is trusted.
     */
    private List<String> identities = new ArrayList<>();

    /** Comma-separated list of TLSv1.3 and TLSv1.2. Defaults to those of the bundle, and to both. */
    private List<String> enabledProtocols = new ArrayList<>();

    /**
     * Comma-separated list of cipher suites, the preferred one first. Defaults to those of the bundle, and to all with
     * forward secrecy and authentication.
     */
    private List<String> ciphers = new ArrayList<>();

    /** Alias of the key in the key store. Unset, any of them. */
    private @Nullable String keyAlias;

    /** Password of the key in the key store, if it is not that of the store. */
    private @Nullable String keyPassword;

    /** Location of the key store with the certificate and its key, PKCS#12 or JKS. */
    private @Nullable String keyStore;

    /** Password of the key store. */
    private @Nullable String keyStorePassword;

    /** Type of the key store. */
    private @Nullable String keyStoreType;

    /** Provider of the key store. */
    private @Nullable String keyStoreProvider;

    /** Location of the trust store with the certificates of those who are trusted, PKCS#12 or JKS. */
    private @Nullable String trustStore;

    /** Password of the trust store. */
    private @Nullable String trustStorePassword;

    /** Type of the trust store. */
    private @Nullable String trustStoreType;

    /** Provider of the trust store. */
    private @Nullable String trustStoreProvider;

    /** Location of the certificate in PEM, with those that signed it behind it. */
    private @Nullable String certificate;

    /** Location of the certificate's key in PEM. */
    private @Nullable String certificatePrivateKey;

    /** Password of the certificate's key, if it is encrypted. */
    private @Nullable String certificatePrivateKeyPassword;

    /** Location of the certificates in PEM of those who are trusted. */
    private @Nullable String trustCertificate;

    /** Whether to use new content of the files of the stores or certificates here without a restart. */
    private boolean reloadOnUpdate;

    public @Nullable Boolean getEnabled() {
        return enabled;
    }

    public void setEnabled(@Nullable Boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getBundle() {
        return bundle;
    }

    public void setBundle(@Nullable String bundle) {
        this.bundle = bundle;
    }

    public Duration getHandshakeTimeout() {
        return handshakeTimeout;
    }

    public void setHandshakeTimeout(Duration handshakeTimeout) {
        this.handshakeTimeout = handshakeTimeout;
    }

    public List<String> getApplicationProtocols() {
        return applicationProtocols;
    }

    public void setApplicationProtocols(List<String> applicationProtocols) {
        this.applicationProtocols = applicationProtocols;
    }

    public List<String> getIdentities() {
        return identities;
    }

    public void setIdentities(List<String> identities) {
        this.identities = identities;
    }

    public List<String> getEnabledProtocols() {
        return enabledProtocols;
    }

    public void setEnabledProtocols(List<String> enabledProtocols) {
        this.enabledProtocols = enabledProtocols;
    }

    public List<String> getCiphers() {
        return ciphers;
    }

    public void setCiphers(List<String> ciphers) {
        this.ciphers = ciphers;
    }

    public @Nullable String getKeyAlias() {
        return keyAlias;
    }

    public void setKeyAlias(@Nullable String keyAlias) {
        this.keyAlias = keyAlias;
    }

    public @Nullable String getKeyPassword() {
        return keyPassword;
    }

    public void setKeyPassword(@Nullable String keyPassword) {
        this.keyPassword = keyPassword;
    }

    public @Nullable String getKeyStore() {
        return keyStore;
    }

    public void setKeyStore(@Nullable String keyStore) {
        this.keyStore = keyStore;
    }

    public @Nullable String getKeyStorePassword() {
        return keyStorePassword;
    }

    public void setKeyStorePassword(@Nullable String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    public @Nullable String getKeyStoreType() {
        return keyStoreType;
    }

    public void setKeyStoreType(@Nullable String keyStoreType) {
        this.keyStoreType = keyStoreType;
    }

    public @Nullable String getKeyStoreProvider() {
        return keyStoreProvider;
    }

    public void setKeyStoreProvider(@Nullable String keyStoreProvider) {
        this.keyStoreProvider = keyStoreProvider;
    }

    public @Nullable String getTrustStore() {
        return trustStore;
    }

    public void setTrustStore(@Nullable String trustStore) {
        this.trustStore = trustStore;
    }

    public @Nullable String getTrustStorePassword() {
        return trustStorePassword;
    }

    public void setTrustStorePassword(@Nullable String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    public @Nullable String getTrustStoreType() {
        return trustStoreType;
    }

    public void setTrustStoreType(@Nullable String trustStoreType) {
        this.trustStoreType = trustStoreType;
    }

    public @Nullable String getTrustStoreProvider() {
        return trustStoreProvider;
    }

    public void setTrustStoreProvider(@Nullable String trustStoreProvider) {
        this.trustStoreProvider = trustStoreProvider;
    }

    public @Nullable String getCertificate() {
        return certificate;
    }

    public void setCertificate(@Nullable String certificate) {
        this.certificate = certificate;
    }

    public @Nullable String getCertificatePrivateKey() {
        return certificatePrivateKey;
    }

    public void setCertificatePrivateKey(@Nullable String certificatePrivateKey) {
        this.certificatePrivateKey = certificatePrivateKey;
    }

    public @Nullable String getCertificatePrivateKeyPassword() {
        return certificatePrivateKeyPassword;
    }

    public void setCertificatePrivateKeyPassword(@Nullable String certificatePrivateKeyPassword) {
        this.certificatePrivateKeyPassword = certificatePrivateKeyPassword;
    }

    public @Nullable String getTrustCertificate() {
        return trustCertificate;
    }

    public void setTrustCertificate(@Nullable String trustCertificate) {
        this.trustCertificate = trustCertificate;
    }

    public boolean isReloadOnUpdate() {
        return reloadOnUpdate;
    }

    public void setReloadOnUpdate(boolean reloadOnUpdate) {
        this.reloadOnUpdate = reloadOnUpdate;
    }

    /** Whether anything here says what keys there are, or who is trusted. */
    boolean hasStores() {
        return hasKey() || hasTrust();
    }

    boolean hasKey() {
        return keyStore != null || certificate != null;
    }

    boolean hasTrust() {
        return trustStore != null || trustCertificate != null;
    }

    /** Whether to encrypt, said or not. */
    boolean isOn() {
        return enabled != null ? enabled : bundle != null || hasStores();
    }
}
