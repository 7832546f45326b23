package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.IOStreamTlsReloadedEvent;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.boot.ssl.LoadedBundle;
import dev.iostream.boot.ssl.SslBundleFailure;
import dev.iostream.tls.TlsOptions;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationEventPublisher;

/** Gives a server or client new TLS options when an SSL bundle of it was updated, and says how that went. */
final class TlsReload implements IOStreamSslContexts.UpdateListener {
    private static final Log LOG = LogFactory.getLog(TlsReload.class);

    private final EndpointRole role;
    private final String name;
    private final Supplier<TlsOptions> maker;
    private final Consumer<TlsOptions> reload;
    private final ApplicationEventPublisher events;

    TlsReload(
            EndpointRole role,
            String name,
            Supplier<TlsOptions> maker,
            Consumer<TlsOptions> reload,
            ApplicationEventPublisher events) {
        this.role = role;
        this.name = name;
        this.maker = maker;
        this.reload = reload;
        this.events = events;
    }

    @Override
    public void updated(LoadedBundle bundle) {
        try {
            reload.accept(maker.get());
        } catch (RuntimeException e) {
            failed(bundle.name(), e.getMessage(), e);
            return;
        }
        X509Certificate own = bundle.certificate();
        String subject = own == null ? null : own.getSubjectX500Principal().getName();
        LOG.info(this + " uses the new version of SSL bundle '" + bundle.name() + "' for new connections"
                + (own == null
                        ? ""
                        : ": certificate of " + subject + ", valid to "
                                + own.getNotAfter().toInstant()));
        events.publishEvent(IOStreamTlsReloadedEvent.succeeded(
                this,
                role,
                name,
                bundle.name(),
                subject,
                own == null ? null : own.getNotAfter().toInstant()));
    }

    @Override
    public void refused(SslBundleFailure failure) {
        failed(failure.getBundle(), failure.getProblem(), failure);
    }

    private void failed(String bundle, String problem, RuntimeException failure) {
        LOG.warn(this + " goes on with the former version of SSL bundle '" + bundle + "', since the new one cannot be"
                + " used: " + problem);
        events.publishEvent(IOStreamTlsReloadedEvent.failed(this, role, name, bundle, failure));
    }

    @Override
    public String toString() {
        return (role == EndpointRole.SERVER ? "Server '" : "Client '") + name + "'";
    }
}
