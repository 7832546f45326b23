package dev.iostream.boot.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations, with their keys and events. Each is a unit of work that ends: no connection is observed as a whole. */
public enum IOStreamObservations implements ObservationDocumentation {
    /** A connection that is being made, from the call that asks for it until bytes can flow. */
    CLIENT_CONNECT {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultClientConnectObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return LowKey.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {HighKey.SERVER_ADDRESS, HighKey.SERVER_PORT, HighKey.PEER_ADDRESS, HighKey.PEER_PORT};
        }

        @Override
        public Observation.Event[] getEvents() {
            return ConnectEvent.values();
        }
    },

    /** A message that a listener handles, from its last byte until the answer is there. */
    SERVER_MESSAGE {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultServerMessageObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {LowKey.ENDPOINT, LowKey.TRANSPORT, LowKey.OUTCOME};
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {HighKey.CONNECTION, HighKey.MESSAGE_SIZE, HighKey.PEER_ADDRESS, HighKey.PEER_PORT};
        }
    };

    /** Keys with few values. */
    enum LowKey implements KeyName {
        /** The name of the server or client, or {@code default} for what the application connects itself. */
        ENDPOINT("iostream.endpoint"),
        /** {@code tcp}, or {@code unix} for Unix-domain sockets. */
        TRANSPORT("network.transport"),
        /** {@code 1.3} or {@code 1.2}; {@code none} without TLS, or when it was not agreed on. */
        TLS_VERSION("tls.protocol.version"),
        /** {@code success}, or why not: of a connect a close reason in lower case, of a message {@code error}. */
        OUTCOME("outcome");

        private final String key;

        LowKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** Keys with any number of values, which are for traces only. */
    enum HighKey implements KeyName {
        /** The host that was asked for. */
        SERVER_ADDRESS("server.address"),
        /** The port that was asked for. */
        SERVER_PORT("server.port"),
        /** The IP address of the peer. */
        PEER_ADDRESS("network.peer.address"),
        /** The port of the peer. */
        PEER_PORT("network.peer.port"),
        /** The number of the connection, as the endpoint and the access log show it. */
        CONNECTION("iostream.connection"),
        /** How many bytes the message has. */
        MESSAGE_SIZE("iostream.message.size");

        private final String key;

        HighKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** What happens on the way to a connection. */
    enum ConnectEvent implements Observation.Event {
        /** The name has addresses. */
        RESOLVED("dns.resolved"),
        /** There is a connection. */
        CONNECTED("tcp.connected"),
        /** The TLS handshake has ended. */
        SECURED("tls.handshaked");

        private final String name;

        ConnectEvent(String name) {
            this.name = name;
        }

        @Override
        public String getName() {
            return name;
        }
    }
}
