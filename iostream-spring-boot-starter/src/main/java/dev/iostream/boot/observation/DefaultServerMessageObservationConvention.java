package dev.iostream.boot.observation;

import dev.iostream.boot.listener.StreamMessage;
import dev.iostream.boot.observation.IOStreamObservations.HighKey;
import dev.iostream.boot.observation.IOStreamObservations.LowKey;
import io.micrometer.common.KeyValues;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Names and keys as far as OpenTelemetry has conventions for them. Nothing of what was sent is among them. */
public class DefaultServerMessageObservationConvention implements ServerMessageObservationConvention {
    private static final String NAME = "iostream.server.message";

    /** The default. */
    public DefaultServerMessageObservationConvention() {}

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public String getContextualName(ServerMessageContext context) {
        return "message " + context.getMessage().server();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(ServerMessageContext context) {
        StreamMessage message = context.getMessage();
        return KeyValues.of(
                LowKey.ENDPOINT.withValue(message.server()),
                LowKey.TRANSPORT.withValue(Transports.of(message.stream().local())),
                LowKey.OUTCOME.withValue(context.getError() == null ? "success" : "error"));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(ServerMessageContext context) {
        StreamMessage message = context.getMessage();
        KeyValues keys = KeyValues.of(
                HighKey.CONNECTION.withValue(String.valueOf(message.stream().id())),
                HighKey.MESSAGE_SIZE.withValue(String.valueOf(message.bytes())));
        SocketAddress remote = message.stream().remote();
        if (remote instanceof InetSocketAddress peer && peer.getAddress() != null) {
            keys = keys.and(
                    HighKey.PEER_ADDRESS.withValue(peer.getAddress().getHostAddress()),
                    HighKey.PEER_PORT.withValue(String.valueOf(peer.getPort())));
        }
        return keys;
    }
}
