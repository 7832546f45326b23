package dev.iostream.boot.actuate;

import dev.iostream.event.StreamInfo;

/** What a connection waits for, found by looking at it twice. */
public enum Diagnosis {
    /** Its loop is kept by a callback, so that everything on it waits. */
    LOOP_BUSY,
    /** The peer takes nothing of what is queued for it. */
    PEER_SLOW,
    /** The peer has sent a part of a message, and not the rest. */
    MESSAGE_INCOMPLETE,
    /** Bytes have come that the application does not read. */
    APPLICATION_SLOW,
    /** It is being made or secured. */
    OPENING,
    /** Bytes come or go. */
    ACTIVE,
    /** Nothing comes, and nothing waits. */
    IDLE;

    /** A stream at one moment, and whether somebody waits for bytes of it. */
    record Look(StreamInfo info, boolean reading) {}

    /** What a stream waits for that was so before and is so now. */
    static Diagnosis of(Look before, Look now, boolean loopBusy) {
        StreamInfo then = before.info();
        StreamInfo info = now.info();
        if (loopBusy) {
            return LOOP_BUSY;
        }
        if (info.state().equals("NEW") || info.state().equals("OPENING")) {
            return OPENING;
        }
        if (then.unsent() > 0 && info.unsent() > 0 && then.bytesSent() == info.bytesSent()) {
            return PEER_SLOW;
        }
        if (then.bytesReceived() != info.bytesReceived() || then.bytesSent() != info.bytesSent()) {
            return ACTIVE;
        }
        if (info.buffered() > 0) {
            return now.reading() ? MESSAGE_INCOMPLETE : APPLICATION_SLOW;
        }
        return IDLE;
    }
}
