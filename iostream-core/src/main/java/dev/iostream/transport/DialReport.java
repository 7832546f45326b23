package dev.iostream.transport;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts into words, and into one exception, why nothing could be connected to. */
final class DialReport {
    /** Failures that a message lists. */
    private static final int LISTED = 8;

    /**
     * From the most telling to the least: what is wrong here and keeps any address from working; what a peer has answered;
     * silence; and at last what a machine without one of the families says of every address of it.
     */
    private static final List<Integer> TELLING = List.of(
            Errno.EMFILE,
            Errno.ENFILE,
            Errno.EACCES,
            Errno.EPERM,
            Errno.EADDRINUSE,
            Errno.ECONNREFUSED,
            Errno.ECONNRESET,
            Errno.ECONNABORTED,
            Errno.ENOENT,
            Errno.ETIMEDOUT,
            Errno.EHOSTUNREACH,
            Errno.EADDRNOTAVAIL,
            Errno.ENETUNREACH,
            Errno.EAFNOSUPPORT);

    private final String destination;
    private final int addresses;
    private final int tried;
    private final List<AddressRace.Failure> failures;

    /**
     * What happened so far.
     *
     * @param destination where to, as the user said it
     * @param addresses how many addresses there were
     * @param tried how many of them were tried
     * @param failures those of them that failed, in the order in which they did
     */
    DialReport(String destination, int addresses, int tried, List<AddressRace.Failure> failures) {
        this.destination = destination;
        this.addresses = addresses;
        this.tried = tried;
        this.failures = failures;
    }

    /** All attempts have failed. */
    DialException allFailed() {
        int errno = failures.stream()
                .map(failure -> Errno.of(failure.cause()))
                .min((one, other) -> Integer.compare(rank(one), rank(other)))
                .orElse(Errno.EIO);
        String what = failures.stream()
                .filter(failure -> Errno.of(failure.cause()) == errno)
                .map(DialReport::text)
                .findFirst()
                .orElse(Errno.text(errno));
        return exception(
                "Could not connect to " + destination + ": " + what + stage() + advice(errno),
                errno,
                CloseReason.CONNECT_FAILED);
    }

    /** The deadline has passed. */
    DialException deadline(Duration limit) {
        return exception(
                "Could not connect to " + destination + " within " + text(limit) + stage()
                        + "; check the address and what filters packets on the way, or raise connectTimeout",
                Errno.ETIMEDOUT,
                CloseReason.CONNECT_DEADLINE);
    }

    /** The first to answer has broken off before it had taken the preamble. */
    DialException broken(IOException cause) {
        return new DialException(
                "Could not connect to " + destination + ": the connection broke while the preamble was sent: "
                        + cause.getMessage(),
                Errno.of(cause),
                CloseReason.CONNECT_FAILED,
                cause);
    }

    private DialException exception(String message, int errno, CloseReason reason) {
        int last = failures.size() - 1;
        var exception = new DialException(
                message, errno, reason, last < 0 ? null : failures.get(last).cause());
        failures.stream().limit(Math.max(0, last)).forEach(failure -> exception.addSuppressed(failure.cause()));
        return exception;
    }

    private String stage() {
        String progress = " (stage CONNECTING, " + tried + " of " + addresses
                + (addresses == 1 ? " address" : " addresses") + " tried";
        if (failures.isEmpty() || addresses == 1) {
            return progress + ")";
        }
        String list = failures.stream()
                .limit(LISTED)
                .map(failure -> text(failure.address()) + " " + text(failure))
                .collect(Collectors.joining(", ", ": ", failures.size() > LISTED ? ", ..." : ""));
        return progress + list + ")";
    }

    private static int rank(int errno) {
        int index = TELLING.indexOf(errno);
        return index < 0 ? TELLING.size() : index;
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> "; check the port, and that something listens there";
            case Errno.ECONNRESET, Errno.ECONNABORTED -> "; check what the peer or a filter on the way has against it";
            case Errno.ETIMEDOUT -> "; check the address and what filters packets on the way";
            case Errno.EHOSTUNREACH, Errno.ENETUNREACH -> "; check the address and the routes of this machine";
            case Errno.EADDRNOTAVAIL -> "; check the source address, and whether any port of it is free";
            case Errno.EADDRINUSE -> "; choose source port 0";
            case Errno.EACCES, Errno.EPERM -> "; check permissions and packet filters of this machine";
            case Errno.EMFILE, Errno.ENFILE -> "; raise the limit of open files";
            case Errno.ENOENT -> "; check the path";
            case Errno.EAFNOSUPPORT -> "; use an address of another family";
            default -> "";
        };
    }

    private static String text(AddressRace.Failure failure) {
        String message = failure.cause().getMessage();
        return message == null ? failure.cause().getClass().getSimpleName() : message;
    }

    /** The address and port, with brackets where RFC 3986, section 3.2.2, has them; or the path. */
    static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            return address.toString();
        }
        if (internet.isUnresolved()) {
            return internet.getHostString() + ":" + internet.getPort();
        }
        String host = internet.getAddress().getHostAddress();
        boolean bare = internet.getAddress() instanceof Inet6Address;
        return (bare ? "[" + host + "]" : host) + ":" + internet.getPort();
    }

    /** The host and port as the user said them, with brackets around what has colons. */
    static String text(@Nullable String host, int port) {
        String shown = String.valueOf(host);
        return (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown) + ":" + port;
    }

    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    /** What a failed attempt threw, with the address that it was really made at. */
    static List<AddressRace.Failure> at(@Nullable SocketAddress address, List<AddressRace.Failure> failures) {
        if (address == null) {
            return failures;
        }
        return failures.stream()
                .map(failure -> new AddressRace.Failure(address, failure.cause()))
                .toList();
    }
}
