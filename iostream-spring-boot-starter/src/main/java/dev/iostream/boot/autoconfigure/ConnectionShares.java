package dev.iostream.boot.autoconfigure;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * How many connections each server may hold: what its property says, or its part of what is left, so that all of them
 * together, each with a descriptor, leave a fifth of the process's descriptors to everything else.
 */
final class ConnectionShares {
    private static final int MOST = 10_000;
    private static final int PERCENT = 80;

    private final int share;

    /**
     * Divides what this process may have.
     *
     * @throws FailureAnalyzedException when the properties ask for more
     */
    ConnectionShares(Map<String, ServerProperties> servers) {
        this(servers, descriptors());
    }

    ConnectionShares(Map<String, ServerProperties> servers, long descriptors) {
        long usable = descriptors / 100 * PERCENT;
        SortedMap<String, Integer> asked = new TreeMap<>();
        long left = usable;
        int others = 0;
        for (Map.Entry<String, ServerProperties> each : servers.entrySet()) {
            ServerProperties server = each.getValue();
            if (server.isEnabled() && server.getMaxConnections() == null) {
                others++;
            } else if (server.isEnabled()) {
                asked.put(each.getKey(), server.getMaxConnections());
                left -= server.getMaxConnections();
            }
        }
        if (left < others) {
            throw tooMany(asked, others, descriptors, usable);
        }
        share = others == 0 ? MOST : (int) Math.min(MOST, left / others);
    }

    int of(ServerProperties server) {
        return server.getMaxConnections() == null ? share : server.getMaxConnections();
    }

    private static FailureAnalyzedException tooMany(
            SortedMap<String, Integer> asked, long others, long descriptors, long usable) {
        String settings = asked.keySet().stream()
                .map(server ->
                        "'" + IOStreamProperties.ofServer(server, "max-connections") + "' (" + asked.get(server) + ")")
                .collect(Collectors.joining(" and "));
        return new FailureAnalyzedException(
                settings + (asked.size() == 1 ? " asks" : " ask")
                        + " for more connections than the process can have: it may"
                        + " open " + descriptors + " files and sockets, of which " + usable + " (" + PERCENT
                        + " %) can be connections" + (others == 0 ? "." : ", and other servers need some, too."),
                "Set " + (asked.size() == 1 ? "it" : "them")
                        + " lower, or raise the limit of descriptors (ulimit -n, or" + " LimitNOFILE of the service).");
    }

    /** How many this process may have open, or a number that is never reached where the system does not tell. */
    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
