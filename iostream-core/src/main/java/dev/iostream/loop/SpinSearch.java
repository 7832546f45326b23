package dev.iostream.loop;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds the channels that make a selector return although nothing is ready: selectors are tried on ever fewer of them. Takes
 * a while, since those that do not must be waited for.
 */
final class SpinSearch {
    private static final long WAIT_MILLIS = 4;
    /** A wait that ends before this did not wait; timers are not exact. */
    private static final long EARLY = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS) / 2;
    /** Returns in a row that nothing explains. */
    private static final int TRIES = 3;
    /** Found at once at most, so that the loop goes on. */
    private static final int MOST = 16;

    private final SelectorProvider provider;
    private final LongSupplier nanoTime;
    private final List<SelectionKey> found = new ArrayList<>();

    SpinSearch(SelectorProvider provider, LongSupplier nanoTime) {
        this.provider = provider;
        this.nanoTime = nanoTime;
    }

    /** Those of the keys whose channels do, but not more than a few. */
    List<SelectionKey> among(List<SelectionKey> keys) throws IOException {
        search(keys);
        return found;
    }

    private void search(List<SelectionKey> group) throws IOException {
        if (group.isEmpty() || found.size() == MOST || !returnsEarly(group)) {
            return;
        }
        if (group.size() == 1) {
            found.add(group.get(0));
            return;
        }
        int half = group.size() / 2;
        search(group.subList(0, half));
        search(group.subList(half, group.size()));
    }

    private boolean returnsEarly(List<SelectionKey> group) throws IOException {
        try (Selector selector = provider.openSelector()) {
            for (SelectionKey key : group) {
                register(key, selector);
            }
            int early = 0;
            while (early < TRIES) {
                long start = nanoTime.getAsLong();
                if (selector.select(SelectionKey::cancel, WAIT_MILLIS) > 0 || Thread.interrupted()) {
                    // there was a reason; what was ready is looked at no more
                    early = 0;
                } else if (nanoTime.getAsLong() - start >= EARLY) {
                    return false;
                } else {
                    early++;
                }
            }
            return true;
        }
    }

    private static void register(SelectionKey key, Selector selector) {
        try {
            if (key.isValid()) {
                key.channel().register(selector, key.interestOps());
            }
        } catch (ClosedChannelException | CancelledKeyException e) {
            // closed meanwhile, by another thread: it does no harm any more
            return;
        }
    }
}
