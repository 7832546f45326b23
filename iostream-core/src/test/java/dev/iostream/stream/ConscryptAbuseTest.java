package dev.iostream.stream;

import org.junit.jupiter.api.Nested;

/** Peers that break the rules or stall, with the engines of another provider at our end. */
class ConscryptAbuseTest {
    @Nested
    class OfHandshakes extends HandshakeAbuseTest {
        @Override
        TlsPairs pairs() {
            return TlsPairs.ofConscrypt();
        }
    }

    @Nested
    class OfRecords extends RecordAbuseTest {
        @Override
        TlsPairs pairs() {
            return TlsPairs.ofConscrypt();
        }
    }

    @Nested
    class ByStalling extends HandshakeStallTest {
        @Override
        TlsPairs pairs() {
            return TlsPairs.ofConscrypt();
        }
    }
}
