package dev.iostream.boot.observation;

import dev.iostream.boot.observation.IOStreamObservations.HighKey;
import dev.iostream.boot.observation.IOStreamObservations.LowKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Names and keys as far as OpenTelemetry has conventions for them. */
public class DefaultClientConnectObservationConvention implements ClientConnectObservationConvention {
    private static final String NAME = "iostream.client.connect";

    /** The default. */
    public DefaultClientConnectObservationConvention() {}

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public String getContextualName(ClientConnectContext context) {
        return "connect " + context.getEndpoint();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(ClientConnectContext context) {
        return KeyValues.of(
                LowKey.ENDPOINT.withValue(context.getEndpoint()),
                LowKey.TRANSPORT.withValue(Transports.of(context.getTarget())),
                LowKey.TLS_VERSION.withValue(version(context.getTlsProtocol())),
                LowKey.OUTCOME.withValue(context.getOutcome()));
    }

    private static String version(@Nullable String protocol) {
        return protocol == null ? KeyValue.NONE_VALUE : protocol.substring(protocol.indexOf('v') + 1);
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(ClientConnectContext context) {
        KeyValues keys = KeyValues.empty();
        if (context.getTarget() instanceof InetSocketAddress target) {
            keys = keys.and(
                    HighKey.SERVER_ADDRESS.withValue(target.getHostString()),
                    HighKey.SERVER_PORT.withValue(String.valueOf(target.getPort())));
        }
        if (context.getPeer() instanceof InetSocketAddress peer && peer.getAddress() != null) {
            keys = keys.and(
                    HighKey.PEER_ADDRESS.withValue(peer.getAddress().getHostAddress()),
                    HighKey.PEER_PORT.withValue(String.valueOf(peer.getPort())));
        }
        return keys;
    }
}
