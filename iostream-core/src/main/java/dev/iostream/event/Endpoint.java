package dev.iostream.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A named server or client, and what its streams add up to.
 *
 * <p>Each loop counts in a {@link Cell} of its own, so that counting costs a plain add; {@link #stats()} sums the
 * cells. Safe from any thread, but for the cells, each of which is confined to its loop.
 */
public final class Endpoint {
    private final String name;
    private final Map<Object, Cell> cells = new ConcurrentHashMap<>();

    /** An endpoint of that name, with nothing counted. */
    public Endpoint(String name) {
        this.name = name;
    }

    /** The name that meters and logs show. */
    public String name() {
        return name;
    }

    /** The cell of that loop, the same one each time. */
    public Cell cell(Object loop) {
        return cells.computeIfAbsent(loop, unused -> new Cell(name));
    }

    /** The sums over all loops. Each number is true, but they are not of exactly the same moment. */
    public EndpointStats stats() {
        List<Cell> all = new ArrayList<>(cells.values());
        Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
        Map<CloseReason, Long> failed = new EnumMap<>(CloseReason.class);
        long opened = 0;
        long ended = 0;
        long received = 0;
        long sent = 0;
        long readBuffer = 0;
        long writeBuffer = 0;
        long refusedWrites = 0;
        for (Cell cell : all) {
            ended += addTo(closed, cell.closed);
            addTo(failed, cell.failed);
            opened += cell.opened.get();
            received += cell.received.get();
            sent += cell.sent.get();
            readBuffer += cell.readBuffer.get();
            writeBuffer += cell.writeBuffer.get();
            refusedWrites += cell.refusedWrites.get();
        }
        return new EndpointStats(
                name,
                Math.max(0, opened - ended),
                opened,
                Map.copyOf(closed),
                Map.copyOf(failed),
                received,
                sent,
                readBuffer,
                writeBuffer,
                refusedWrites);
    }

    private static long addTo(Map<CloseReason, Long> sums, Tally[] counts) {
        long all = 0;
        for (CloseReason reason : CloseReason.values()) {
            long count = counts[reason.ordinal()].get();
            all += count;
            if (count > 0) {
                sums.merge(reason, count, Long::sum);
            }
        }
        return all;
    }

    /** What the streams of one loop at one endpoint add up to. Confined to that loop; the numbers may be read anywhere. */
    public static final class Cell {
        final String endpoint;
        final Tally opened = new Tally();
        final Tally[] closed = byReason();
        final Tally[] failed = byReason();
        final Tally received = new Tally();
        final Tally sent = new Tally();
        final Tally readBuffer = new Tally();
        final Tally writeBuffer = new Tally();
        final Tally refusedWrites = new Tally();

        Cell(String endpoint) {
            this.endpoint = endpoint;
        }

        private static Tally[] byReason() {
            var tallies = new Tally[CloseReason.values().length];
            Arrays.setAll(tallies, unused -> new Tally());
            return tallies;
        }

        /** The name of the endpoint. */
        public String endpoint() {
            return endpoint;
        }

        /** A stream opened. */
        public void opened() {
            opened.add(1);
        }

        /** A stream that had opened has closed. */
        public void closed(CloseReason reason) {
            closed[reason.ordinal()].add(1);
        }

        /** A stream will never open. */
        public void failed(CloseReason reason) {
            failed[reason.ordinal()].add(1);
        }

        /** So many bytes were read from a transport. */
        public void received(long bytes) {
            received.add(bytes);
        }

        /** So many bytes were taken by a transport. */
        public void sent(long bytes) {
            sent.add(bytes);
        }

        /** Streams now hold so many more bytes (fewer, when negative) that no callback has seen. */
        public void readBuffer(long change) {
            readBuffer.add(change);
        }

        /** Streams now hold so many more bytes (fewer, when negative) that no transport has taken. */
        public void writeBuffer(long change) {
            writeBuffer.add(change);
        }

        /** A write was refused because of a limit. */
        public void refusedWrite() {
            refusedWrites.add(1);
        }
    }
}
