package dev.iostream.loop;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.Tally;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The members of one loop: all of them, those with callbacks to deliver, and those with bytes to flush. */
final class LoopMembers {
    /** Bytes that callbacks may send in one turn before its flush. */
    private static final long SHARE = 1024 * 1024;

    private final String loopName;
    private final LoopExceptionHandler failures;
    private final SegmentPool segments = new SegmentPool();
    private Set<LoopMember> members = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ArrayDeque<LoopMember> delivering = new ArrayDeque<>();
    private final ArrayDeque<LoopMember> flushing = new ArrayDeque<>();
    private final Tally count = new Tally();
    /** Bytes that were sent from one flush to the next: by callbacks, tasks and timers. */
    private long share;

    LoopMembers(String loopName, LoopExceptionHandler failures) {
        this.loopName = loopName;
        this.failures = failures;
    }

    void add(LoopMember member) {
        if (members.add(member) && member.isStream()) {
            count.add(1);
        }
    }

    void remove(LoopMember member) {
        if (members.remove(member) && member.isStream()) {
            count.add(-1);
        }
    }

    /** How many streams there are. Safe from any thread. */
    long count() {
        return count.get();
    }

    void deliverLater(LoopMember member) {
        delivering.addLast(member);
    }

    void flushLater(LoopMember member) {
        flushing.addLast(member);
    }

    /** Whether any has something to deliver or to flush. */
    boolean waiting() {
        return !delivering.isEmpty() || !flushing.isEmpty();
    }

    /** Delivers for those that asked for it before this call. */
    void deliver() {
        each(delivering, LoopMember::deliver);
    }

    /** Flushes those that asked for it before this call. */
    void flush() {
        share = 0;
        each(flushing, LoopMember::flush);
    }

    /** Takes note that so many bytes were sent before the flush. */
    void sentInCall(long bytes) {
        share += bytes;
    }

    /** Whether so much was sent, from one flush to the next, that whoever sends is to let others come in. */
    boolean hasHadItsShare() {
        return share >= SHARE;
    }

    /** Closes all of them at once. None may be added any more. */
    void end(CloseReason reason) {
        Iterator<LoopMember> ending = members.iterator();
        // those that leave meanwhile do not disturb this; a copy would need memory, which may be what there is none of
        members = Collections.emptySet();
        count.set(0);
        while (ending.hasNext()) {
            try {
                ending.next().end(reason);
            } catch (Throwable failure) {
                failures.failed(failure);
            }
        }
    }

    /** The streams that count towards {@code endpoint}. */
    List<LoopMember> of(Endpoint endpoint) {
        return members.stream()
                .filter(member -> member.isStream() && member.endpoint() == endpoint)
                .toList();
    }

    /** Shows {@code observer} each stream. */
    void each(Consumer<? super LoopMember> observer) {
        for (LoopMember member : members) {
            if (member.isStream()) {
                observer.accept(member);
            }
        }
    }

    /** Closes those that count towards {@code endpoint}, at once. */
    void end(Endpoint endpoint, CloseReason reason) {
        of(endpoint).forEach(member -> guarded(member, one -> one.end(reason)));
    }

    /** Closes the one that holds most, at once; false when none holds anything. */
    boolean endHeaviest(CloseReason reason) {
        LoopMember heaviest = null;
        long most = 0;
        for (LoopMember member : members) {
            long held = member.held();
            if (held > most) {
                most = held;
                heaviest = member;
            }
        }
        if (heaviest != null) {
            guarded(heaviest, one -> one.end(reason));
            // also where that has failed, or it would be the heaviest again for ever
            remove(heaviest);
        }
        return heaviest != null;
    }

    /** Lets all of them look again whether there is something to do. */
    void resume() {
        members.forEach(LoopMember::resume);
    }

    /** Whether any has something to deliver. */
    boolean delivering() {
        return !delivering.isEmpty();
    }

    /** An empty segment. When all are taken, the stream that was written to first is flushed. */
    ByteBuffer takeSegment() {
        ByteBuffer segment = segments.take();
        while (segment == null) {
            LoopMember oldest = flushing.pollFirst();
            if (oldest == null) {
                throw new IllegalStateException(
                        "All segments of loop '" + loopName + "' are held, and nothing is to flush");
            }
            oldest.flush();
            segment = segments.take();
        }
        return segment;
    }

    void giveSegment(ByteBuffer segment) {
        segments.give(segment);
    }

    private void each(ArrayDeque<LoopMember> queue, Consumer<LoopMember> step) {
        for (int i = queue.size(); i > 0; i--) {
            LoopMember member = queue.pollFirst();
            if (member != null) {
                guarded(member, step);
            }
        }
    }

    private void guarded(LoopMember member, Consumer<LoopMember> step) {
        try {
            step.accept(member);
        } catch (Throwable failure) {
            failures.failed(failure);
        }
    }
}
