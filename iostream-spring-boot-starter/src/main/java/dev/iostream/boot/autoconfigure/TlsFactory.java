package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.boot.ssl.LoadedBundle;
import dev.iostream.boot.ssl.SslBundleFailure;
import dev.iostream.client.TCPClient;
import dev.iostream.server.TCPServer;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.Identities;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TlsOptions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** Makes TLS options of servers and clients from their properties and SSL bundles, and keeps them in step with these. */
final class TlsFactory {
    private static final Log LOG = LogFactory.getLog(TlsFactory.class);
    private static final String PRODUCTION = "prod | production";

    private final IOStreamSslContexts contexts;
    private final Environment environment;
    private final ApplicationEventPublisher events;
    private final IdleSslKeys idle;

    TlsFactory(IOStreamSslContexts contexts, Environment environment, ApplicationEventPublisher events) {
        this.contexts = contexts;
        this.environment = environment;
        this.events = events;
        this.idle = new IdleSslKeys(environment);
    }

    // ---- servers

    /** How that server encrypts, or null when it does not. */
    @Nullable
    TlsOptions ofServer(String name, ServerSslProperties ssl) {
        if (!ssl.isOn()) {
            idle.refuse(EndpointRole.SERVER, name, ssl);
            return null;
        }
        idle.refuseMapOfBundles(name);
        var failures = new TlsFailures(EndpointRole.SERVER, name, ssl, contexts);
        try {
            return makeServer(name, ssl, failures);
        } catch (SslBundleFailure e) {
            throw failures.analyzed(e);
        }
    }

    private TlsOptions makeServer(String name, ServerSslProperties ssl, TlsFailures failures) {
        LoadedBundle bundle = contexts.load(bundleOfServer(name, ssl));
        if (bundle.certificate() == null) {
            throw failures.noKey();
        }
        if (ssl.getClientAuth() != ClientAuth.NONE && !bundle.trusting()) {
            throw failures.noTrust(ssl.getClientAuth(), bundle);
        }
        TlsOptions options = common(TlsOptions.server(bundle.context()), bundle, ssl)
                .clientAuth(ssl.getClientAuth())
                .identities(identities(ssl));
        IOStreamSslContexts.tryOut(bundle, options);
        Map<String, SSLContext> byName = new LinkedHashMap<>();
        for (ServerSslProperties.ServerNameBundle each : ssl.getServerNameBundles()) {
            LoadedBundle other = contexts.load(String.valueOf(each.getBundle()));
            if (ssl.getClientAuth() != ClientAuth.NONE && !other.trusting()) {
                throw failures.noTrust(ssl.getClientAuth(), other);
            }
            IOStreamSslContexts.tryOut(other, options);
            byName.put(String.valueOf(each.getServerName()), other.context());
        }
        return options.sniContexts(byName);
    }

    /** Lets the server have new options whenever one of its bundles is updated. */
    void follow(TCPServer server, String name, ServerSslProperties ssl) {
        if (ssl.isOn()) {
            var failures = new TlsFailures(EndpointRole.SERVER, name, ssl, contexts);
            Set<String> bundles = new LinkedHashSet<>(List.of(bundleOfServer(name, ssl)));
            ssl.getServerNameBundles().forEach(each -> bundles.add(String.valueOf(each.getBundle())));
            follow(EndpointRole.SERVER, name, bundles, () -> makeServer(name, ssl, failures), server::reload);
        }
    }

    private static String bundleOfServer(String name, ServerSslProperties ssl) {
        return ssl.getBundle() != null ? ssl.getBundle() : InlineBundles.nameOf(EndpointRole.SERVER, name);
    }

    // ---- clients

    /** How that client encrypts, or null when it does not. */
    @Nullable
    TlsOptions ofClient(String name, ClientSslProperties ssl) {
        if (!ssl.isOn()) {
            idle.refuse(EndpointRole.CLIENT, name, ssl);
            return null;
        }
        warnOfTrust(name, ssl);
        try {
            return makeClient(name, ssl);
        } catch (SslBundleFailure e) {
            throw new TlsFailures(EndpointRole.CLIENT, name, ssl, contexts).analyzed(e);
        }
    }

    private TlsOptions makeClient(String name, ClientSslProperties ssl) {
        String bundleName = bundleOfClient(name, ssl);
        LoadedBundle bundle = bundleName == null ? null : contexts.load(bundleName);
        SSLContext context = bundle == null ? SslContexts.client() : bundle.context();
        return common(TlsOptions.client(context), bundle, ssl)
                .verify(ssl.isVerify())
                .verifyHostname(ssl.isVerifyHostname())
                .serverName(ssl.getServerName())
                .identities(identities(ssl));
    }

    /** Lets the client have new options whenever its bundle is updated. */
    void follow(TCPClient client, String name, ClientSslProperties ssl) {
        String bundle = bundleOfClient(name, ssl);
        if (ssl.isOn() && bundle != null) {
            follow(EndpointRole.CLIENT, name, Set.of(bundle), () -> makeClient(name, ssl), client::reload);
        }
    }

    private static @Nullable String bundleOfClient(String name, ClientSslProperties ssl) {
        if (ssl.getBundle() != null) {
            return ssl.getBundle();
        }
        return ssl.hasStores() ? InlineBundles.nameOf(EndpointRole.CLIENT, name) : null;
    }

    private void warnOfTrust(String name, ClientSslProperties ssl) {
        if (ssl.isVerify() && ssl.isVerifyHostname()) {
            return;
        }
        String property = IOStreamProperties.ofClient(name, ssl.isVerify() ? "ssl.verify-hostname" : "ssl.verify");
        String danger = ssl.isVerify()
                ? "everybody who is trusted can pretend to be its server"
                : "anybody on the way can read and change everything";
        if (environment.acceptsProfiles(Profiles.of(PRODUCTION)) && !ssl.isInsecure()) {
            throw new FailureAnalyzedException(
                    "Client '" + name + "' does not verify whom it talks to, since '" + property
                            + "' is false, and this is profile prod: " + danger + ".",
                    "Remove '" + property + "'. For a server that signed its certificate itself, set '"
                            + IOStreamProperties.ofClient(name, "ssl.trust-certificate")
                            + "' to that certificate; for one with another name, set '"
                            + IOStreamProperties.ofClient(name, "ssl.server-name")
                            + "'. If it is meant all the same, set '"
                            + IOStreamProperties.ofClient(name, "ssl.insecure") + "' to true.");
        }
        LOG.warn(
                "Client '" + name + "' does not verify whom it talks to, since '" + property + "' is false: " + danger);
    }

    // ---- both

    private static TlsOptions common(TlsOptions options, @Nullable LoadedBundle bundle, SslStoreProperties ssl) {
        List<String> protocols =
                ssl.getEnabledProtocols().isEmpty() && bundle != null ? bundle.protocols() : ssl.getEnabledProtocols();
        List<String> ciphers = ssl.getCiphers().isEmpty() && bundle != null ? bundle.ciphers() : ssl.getCiphers();
        TlsOptions made = options.ciphers(ciphers.toArray(String[]::new))
                .applicationProtocols(ssl.getApplicationProtocols().toArray(String[]::new))
                .handshakeTimeout(ssl.getHandshakeTimeout());
        return protocols.isEmpty() ? made : made.protocols(protocols.toArray(String[]::new));
    }

    private static @Nullable Identities identities(SslStoreProperties ssl) {
        return ssl.getIdentities().isEmpty() ? null : Identities.allowing(ssl.getIdentities());
    }

    private void follow(
            EndpointRole role,
            String name,
            Set<String> bundles,
            Supplier<TlsOptions> maker,
            Consumer<TlsOptions> reload) {
        var listener = new TlsReload(role, name, maker, reload, events);
        bundles.forEach(bundle -> contexts.addUpdateListener(bundle, listener));
    }
}
