package dev.iostream.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** A context of somebody's that keeps a list of its engines. */
public final class RecordingContext extends SSLContext {
    public RecordingContext(SSLContext context, List<? super SSLEngine> engines) {
        super(new Recorder(context, engines), context.getProvider(), context.getProtocol());
    }

    private static final class Recorder extends SSLContextSpi {
        private final SSLContext context;
        private final List<? super SSLEngine> engines;

        Recorder(SSLContext context, List<? super SSLEngine> engines) {
            this.context = context;
            this.engines = engines;
        }

        private SSLEngine recorded(SSLEngine engine) {
            engines.add(engine);
            return engine;
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return recorded(context.createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return recorded(context.createSSLEngine(host, port));
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            context.init(keys, trust, random);
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return context.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return context.getServerSocketFactory();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context.getClientSessionContext();
        }
    }
}
