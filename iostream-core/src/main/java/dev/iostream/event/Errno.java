package dev.iostream.event;

import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that say why a connection failed: those of Linux, whatever the system.
 *
 * <p>Java tells no number, so {@link #of} finds it by the type and the text of an exception. Failures of name resolution
 * are negative, as those of {@code getaddrinfo} are, and {@link #TLS} is -1. No failure is 0. Safe from any thread.
 */
public final class Errno {
    /** TLS failed: a certificate, a protocol, a record. */
    public static final int TLS = -1;
    /** The name is unknown, or has no address of the wanted family. */
    public static final int EAI_NONAME = -2;
    /** The name could not be resolved now; later it may be. */
    public static final int EAI_AGAIN = -3;
    /** The system's rules forbid it, a packet filter for example. */
    public static final int EPERM = 1;
    /** The path of a Unix-domain socket does not exist. */
    public static final int ENOENT = 2;
    /** A failure that none of the other numbers tells. */
    public static final int EIO = 5;
    /** The permissions of the port or of the path forbid it. */
    public static final int EACCES = 13;
    /** The whole system has no descriptor left. */
    public static final int ENFILE = 23;
    /** The process has no descriptor left. */
    public static final int EMFILE = 24;
    /** The peer takes no bytes any more. */
    public static final int EPIPE = 32;
    /** The socket or the system cannot do this kind of address. */
    public static final int EAFNOSUPPORT = 97;
    /** The address that was to be used here is taken. */
    public static final int EADDRINUSE = 98;
    /** The address that was to be used here is not one of this machine, or no port of it is free. */
    public static final int EADDRNOTAVAIL = 99;
    /** There is no route to the network. */
    public static final int ENETUNREACH = 101;
    /** The connection was given up before it was used. */
    public static final int ECONNABORTED = 103;
    /** The peer or the network reset the connection. */
    public static final int ECONNRESET = 104;
    /** A deadline has passed: that of the name, of the connection, or the system's own. */
    public static final int ETIMEDOUT = 110;
    /** The peer's machine answers, and nobody listens there. */
    public static final int ECONNREFUSED = 111;
    /** There is no route to the peer's machine. */
    public static final int EHOSTUNREACH = 113;
    /** The stream was closed before it was connected. */
    public static final int ECANCELED = 125;

    /** Causes looked at, so that a circle of them ends. */
    private static final int DEEPEST = 16;

    // the texts are the system's, which the JDK passes on; one that contains another comes first
    private static final List<Known> KNOWN = List.of(
            new Known(ECONNREFUSED, "Connection refused"),
            new Known(ETIMEDOUT, "Connection timed out", "timed out"),
            new Known(EHOSTUNREACH, "No route to host", "Host is unreachable", "Host unreachable"),
            new Known(ENETUNREACH, "Network is unreachable", "Network unreachable"),
            new Known(EADDRNOTAVAIL, "Cannot assign requested address", "Can't assign requested address"),
            new Known(EADDRINUSE, "Address already in use"),
            new Known(EACCES, "Permission denied"),
            new Known(EPERM, "Operation not permitted"),
            new Known(ENFILE, "Too many open files in system"),
            new Known(EMFILE, "Too many open files"),
            new Known(ECONNRESET, "Connection reset by peer", "Connection reset", "forcibly closed"),
            new Known(ECONNABORTED, "Software caused connection abort", "connection was aborted", "Connection aborted"),
            new Known(EPIPE, "Broken pipe"),
            new Known(ENOENT, "No such file or directory"),
            new Known(
                    EAFNOSUPPORT,
                    "Address family not supported by protocol",
                    "Address family not supported",
                    "Protocol family unavailable",
                    "Protocol family not supported"),
            new Known(EAI_AGAIN, "Temporary failure in name resolution"),
            new Known(EAI_NONAME, "Name or service not known", "No address associated with hostname"),
            new Known(ECANCELED, "Operation canceled"),
            new Known(EIO, "Input/output error"),
            new Known(TLS, "TLS failure"));

    private Errno() {}

    /** The number that tells best why {@code failure} happened: its own, or that of the nearest cause; never 0. */
    public static int of(Throwable failure) {
        Throwable each = failure;
        for (int i = 0; i < DEEPEST && each != null; i++) {
            int errno = ofOne(each);
            if (errno != 0) {
                return errno;
            }
            each = each.getCause();
        }
        return EIO;
    }

    /** What the number means, in the system's words, for example {@code Connection refused}. */
    public static String text(int errno) {
        for (Known known : KNOWN) {
            if (known.errno == errno) {
                return known.text;
            }
        }
        return "Error " + errno;
    }

    private static int ofOne(Throwable failure) {
        if (failure instanceof CloseCause cause) {
            return cause.errno();
        }
        // its message is the peer's or a certificate's, in which any words may occur
        if (failure instanceof SSLException) {
            return TLS;
        }
        int errno = ofText(failure.getMessage());
        if (failure instanceof UnknownHostException) {
            return errno == EAI_AGAIN ? EAI_AGAIN : EAI_NONAME;
        }
        return errno == 0 ? ofType(failure) : errno;
    }

    private static int ofText(@Nullable String message) {
        if (message != null) {
            for (Known known : KNOWN) {
                if (known.isIn(message)) {
                    return known.errno;
                }
            }
        }
        return 0;
    }

    /** What the type alone tells: the system's texts may be in another language, and some exceptions have none. */
    private static int ofType(Throwable failure) {
        if (failure instanceof ConnectException) {
            return ECONNREFUSED;
        }
        if (failure instanceof NoRouteToHostException) {
            return EHOSTUNREACH;
        }
        if (failure instanceof BindException) {
            return EADDRNOTAVAIL;
        }
        if (failure instanceof SocketTimeoutException || failure instanceof TimeoutException) {
            return ETIMEDOUT;
        }
        if (failure instanceof UnresolvedAddressException) {
            return EAI_NONAME;
        }
        if (failure instanceof UnsupportedAddressTypeException) {
            return EAFNOSUPPORT;
        }
        if (failure instanceof ClosedChannelException || failure instanceof CancellationException) {
            return ECANCELED;
        }
        return 0;
    }

    private record Known(int errno, String text, List<String> others) {
        Known(int errno, String text, String... others) {
            this(errno, text, List.of(others));
        }

        boolean isIn(String message) {
            return message.contains(text) || others.stream().anyMatch(message::contains);
        }
    }
}
