package dev.iostream.tls;

import javax.net.ssl.SSLEngineResult;

/** Counts the records that bring nothing, so that a peer that only keeps this end busy is found out. */
final class Progress {
    /** Records in a row that may bring no data: session tickets, new keys. */
    private static final int MOST_BARREN = 32;
    /** Records of one handshake, which may be cut into small ones. */
    private static final int MOST_OF_HANDSHAKE = 8192;

    private int barren;

    /** The handshake has ended, and what comes now should be data. */
    void handshakeEnded() {
        barren = 0;
    }

    /** Takes note of a record; false when it was one too many. */
    boolean note(SSLEngineResult result, boolean secured) {
        if (result.bytesProduced() > 0) {
            barren = 0;
        } else if (result.bytesConsumed() > 0) {
            barren++;
        }
        return barren <= (secured ? MOST_BARREN : MOST_OF_HANDSHAKE);
    }

    int barren() {
        return barren;
    }
}
