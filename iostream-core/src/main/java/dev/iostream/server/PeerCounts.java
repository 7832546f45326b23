package dev.iostream.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the connections of each peer and keeps them within a limit. Safe from any thread. It knows only peers that have a
 * connection, so it needs no bound of its own.
 */
final class PeerCounts {
    private final int most;
    private final Map<Object, Integer> counts = new ConcurrentHashMap<>();

    PeerCounts(int most) {
        this.most = most;
    }

    /** Whether peers are counted at all. */
    boolean areLimited() {
        return most < ServerOptions.UNLIMITED;
    }

    /** Counts one more of that peer, unless it has as many as it may. */
    boolean take(Object peer) {
        if (!areLimited()) {
            return true;
        }
        Integer count = counts.merge(peer, 1, Integer::sum);
        if (count <= most) {
            return true;
        }
        give(peer);
        return false;
    }

    /** One of that peer has ended. */
    void give(Object peer) {
        counts.computeIfPresent(peer, (same, count) -> count == 1 ? null : count - 1);
    }
}
