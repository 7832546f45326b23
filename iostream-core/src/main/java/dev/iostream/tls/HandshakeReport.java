package dev.iostream.tls;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Puts into words why TLS with a peer failed. */
final class HandshakeReport {
    /** What is wrong by the name that BoringSSL has for it, among addresses in memory and lines of its source. */
    private static final Pattern BORING_SSL = Pattern.compile("OPENSSL_internal:(\\w+)");

    private final TlsOptions options;
    private final TlsPeer peer;
    private final Transport wire;

    HandshakeReport(TlsOptions options, TlsPeer peer, Transport wire) {
        this.options = options;
        this.peer = peer;
        this.wire = wire;
    }

    private String peer() {
        return peer.text(wire.remoteAddress());
    }

    /** What the engine or a delegated task threw. */
    TlsException of(Throwable cause) {
        if (cause instanceof TlsException known) {
            return known;
        }
        return new TlsException("TLS with " + peer() + " failed: " + why(cause), CloseReason.TLS_FAILED, cause);
    }

    private String why(Throwable failure) {
        String refused = CertificateRefusal.why(failure, peer.host());
        if (refused != null) {
            return refused;
        }
        String message = String.valueOf(failure.getMessage());
        if (!(failure instanceof SSLException)) {
            return failure.getMessage() == null ? failure.getClass().getName() : Words.printable(message);
        }
        Matcher ofBoringSsl = BORING_SSL.matcher(message);
        return Words.printable(ofBoringSsl.find() ? ofBoringSsl.group(1) : message)
                + advice(message.toLowerCase(Locale.ROOT));
    }

    private String advice(String message) {
        if (message.contains("bad_certificate") || message.contains("certificate_required")) {
            return options.client() ? "; it wants a client certificate, or does not accept the one it got" : "";
        }
        if (message.contains("protocol_version") || message.contains("unsupported_protocol")) {
            return "; this end speaks " + options.protocols();
        }
        return "";
    }

    /** The wire has failed during the handshake: to a client it was not connected, to a server it was and was reset. */
    DialException brokenOff(IOException cause) {
        return new DialException(
                "TLS with " + peer() + " failed: " + Words.printable(String.valueOf(cause.getMessage()))
                        + " during the handshake (stage SECURING)",
                Errno.of(cause),
                options.client() ? CloseReason.CONNECT_FAILED : CloseReason.PEER_RESET,
                cause);
    }

    TlsException deadline(Duration limit) {
        return new TlsException(
                "The TLS handshake with " + peer() + " did not end within " + Words.text(limit)
                        + " (handshakeTimeout, stage SECURING); does it speak TLS on this port?",
                CloseReason.HANDSHAKE_DEADLINE,
                null);
    }

    TlsException notTls(String why) {
        return new TlsException("No TLS with " + peer() + ": " + why, CloseReason.PLAINTEXT_ON_TLS, null);
    }

    TlsException endedByPeer() {
        return new TlsException(
                "TLS with " + peer() + " failed: it ended the connection during the handshake",
                CloseReason.TLS_FAILED,
                null);
    }

    TlsException truncated() {
        return new TlsException(
                "The TLS connection with " + peer()
                        + " ended without close_notify: what was received may be incomplete",
                CloseReason.TLS_TRUNCATED,
                null);
    }

    TlsException endedForBoth() {
        return new TlsException(
                "The TLS connection with " + peer()
                        + " is ended for writing: its end by the peer was one for both directions",
                CloseReason.PEER_END,
                null);
    }

    TlsException renegotiation() {
        return new TlsException(
                "TLS with " + peer() + " failed: it asked for a renegotiation, which is refused",
                CloseReason.TLS_FAILED,
                null);
    }

    TlsException notAllowed(@Nullable String subject) {
        return new TlsException(
                "TLS with " + peer() + " failed: "
                        + (subject == null
                                ? "it has shown no certificate, and only certain identities are allowed"
                                : "its certificate is trusted, but " + Words.printable(subject)
                                        + " is not among the identities that are allowed"),
                CloseReason.ACCESS_DENIED,
                null);
    }

    TlsException noProgress(String why) {
        return new TlsException("TLS with " + peer() + " failed: " + why, CloseReason.TLS_FAILED, null);
    }

    TlsException noRecord(int type) {
        return new TlsException(
                "TLS with " + peer() + " failed: it sent something that is no record of TLS, of type " + (type & 0xFF),
                CloseReason.TLS_FAILED,
                null);
    }

    TlsException tooLong(int length, int longest) {
        return new TlsException(
                "TLS with " + peer() + " failed: it announced a record of " + length + " bytes, and " + longest
                        + " are allowed",
                CloseReason.TLS_FAILED,
                null);
    }
}
