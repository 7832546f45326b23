package dev.iostream.tls;

import dev.iostream.loop.IOLoop;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * Finds out a peer that only keeps this end busy, by the records that bring no data: how many come in a row, and after the
 * handshake how many, and how large, in a minute, however much data is between them. An engine decrypts what it is given
 * and does all that it is told there, so that this can only be seen afterwards.
 */
final class Progress {
    /** After the handshake: new keys, session tickets, empty records. */
    private static final int MOST_BARREN = 32;

    private static final int MOST_IN_A_MINUTE = 64;
    /** New keys are 27 bytes in a record of their own; many in one record are many times the work. */
    private static final int MOST_BYTES_OF_CLIENT = 4 * 1024;
    /** Session tickets may have chains of certificates in them. */
    private static final int MOST_BYTES_OF_SERVER = 16 * 1024;

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** Records of one handshake, which may be cut into small ones. */
    private static final int MOST_OF_HANDSHAKE = 4096;
    /** Times that this end has its say in one handshake; a third of that is usual. */
    private static final int MOST_FLIGHTS = 16;

    private final IOLoop loop;
    private final int mostBytes;
    private final HandshakeReport report;
    private boolean secured;
    private boolean idle;
    private boolean heard;
    private int flights;
    private int barren;
    private long minuteBegan;
    private int inMinute;
    private int bytesInMinute;
    private int answersInMinute;

    Progress(IOLoop loop, TlsOptions options, HandshakeReport report) {
        this.loop = loop;
        this.mostBytes = options.client() ? MOST_BYTES_OF_SERVER : MOST_BYTES_OF_CLIENT;
        this.report = report;
    }

    /** The handshake has ended, and what comes now should be data. */
    void handshakeEnded() {
        secured = true;
        barren = 0;
        minuteBegan = loop.nanoTime();
    }

    /** Whether the handshake has ended. */
    boolean isSecured() {
        return secured;
    }

    /** Takes note of what the engine has made of a record that came. */
    void received(SSLEngineResult result) throws SSLException {
        if (result.bytesProduced() > 0) {
            barren = 0;
            idle = false;
        } else if (result.bytesConsumed() > 0) {
            idle = false;
            barren(result.bytesConsumed());
        } else if (idle) {
            throw new SSLException(
                    "The engine takes nothing and gives nothing, in state " + result.getHandshakeStatus());
        } else {
            idle = true;
        }
    }

    private void barren(int bytes) throws TlsException {
        barren++;
        if (!secured) {
            heard = true;
            require(barren <= MOST_OF_HANDSHAKE, "its handshake has more than " + MOST_OF_HANDSHAKE + " records");
            return;
        }
        require(barren <= MOST_BARREN, barren + " records in a row brought no data");
        turnTheMinute();
        inMinute++;
        bytesInMinute += bytes;
        require(inMinute <= MOST_IN_A_MINUTE, inMinute + " records within a minute brought no data");
        require(bytesInMinute <= mostBytes, bytesInMinute + " bytes of records within a minute brought no data");
    }

    /** Takes note of a record that was sent for no other reason than what came. */
    void answered() throws TlsException {
        if (secured) {
            turnTheMinute();
            answersInMinute++;
            require(
                    answersInMinute <= MOST_IN_A_MINUTE,
                    "it asked for " + answersInMinute + " records within a minute that bring no data");
        } else if (heard) {
            heard = false;
            flights++;
            require(flights <= MOST_FLIGHTS, "its handshake goes to and fro more than " + MOST_FLIGHTS + " times");
        }
    }

    private void turnTheMinute() {
        long now = loop.nanoTime();
        if (now - minuteBegan >= MINUTE) {
            minuteBegan = now;
            inMinute = 0;
            bytesInMinute = 0;
            answersInMinute = 0;
        }
    }

    private void require(boolean allowed, String wrong) throws TlsException {
        if (!allowed) {
            throw report.noProgress(wrong);
        }
    }
}
