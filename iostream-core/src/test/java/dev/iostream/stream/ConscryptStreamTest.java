package dev.iostream.stream;

import dev.iostream.simulation.Link;
import org.junit.jupiter.api.Nested;

/** The contract over TLS with the engines of another provider: native, and different wherever engines may differ. */
class ConscryptStreamTest {
    @Nested
    class Tls12OverSockets extends NioTlsStreamTest.OverSockets {
        Tls12OverSockets() {
            super(TlsPairs.ofConscrypt(), "TLSv1.2");
        }
    }

    @Nested
    class Tls13OverSockets extends NioTlsStreamTest.OverSockets {
        Tls13OverSockets() {
            super(TlsPairs.ofConscrypt(), "TLSv1.3");
        }
    }

    @Nested
    class Tls12InChunksOf1Byte extends SimulatedTlsStreamTest.OnALink {
        Tls12InChunksOf1Byte() {
            super(Link.perfect().chunk(1), TlsPairs.ofConscrypt(), "TLSv1.2", 100_000);
        }
    }

    @Nested
    class Tls13InChunksOf1Byte extends SimulatedTlsStreamTest.OnALink {
        Tls13InChunksOf1Byte() {
            super(Link.perfect().chunk(1), TlsPairs.ofConscrypt(), "TLSv1.3", 100_000);
        }
    }

    @Nested
    class Tls12InChunksOf100000Bytes extends SimulatedTlsStreamTest.OnALink {
        Tls12InChunksOf100000Bytes() {
            super(Link.perfect().chunk(100_000), TlsPairs.ofConscrypt(), "TLSv1.2", 200_000);
        }
    }

    @Nested
    class Tls13InChunksOf100000Bytes extends SimulatedTlsStreamTest.OnALink {
        Tls13InChunksOf100000Bytes() {
            super(Link.perfect().chunk(100_000), TlsPairs.ofConscrypt(), "TLSv1.3", 200_000);
        }
    }
}
