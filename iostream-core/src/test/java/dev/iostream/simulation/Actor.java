package dev.iostream.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * One end of a connection that does random things with its stream and keeps a ledger of them. The byte at each position
 * of what it sends is known, so that its peer can tell a byte that is lost, doubled or out of place.
 */
final class Actor {
    /** What the callback of an actor throws that is told to. */
    static final class Mistake extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Less than any deadline, and more than the pauses and journeys of a world take. */
    private static final Duration SOON = Duration.ofSeconds(12);

    private final String name;
    private final IOStream stream;
    private final IOLoop loop;
    private final SplittableRandom random;
    private final int toSend;
    private final boolean careful;
    private int written;
    private long received;
    private int closes;
    private int callbacksAfterClose;
    private int writeCallbacks;
    private int writeCallbacksAsked;
    private boolean ended;
    private long endedAt;
    private long lastReceivedAt;
    private long closedAt;

    /**
     * @param careful whether it neither aborts nor throws nor stops reading, so that everything sent to it must arrive
     */
    Actor(String name, IOStream stream, SplittableRandom random, boolean careful) {
        this.name = name;
        this.stream = stream;
        this.loop = stream.loop();
        this.random = random;
        this.toSend = random.nextInt(120_000);
        this.careful = careful;
        stream.setCloseCallback(this::closed);
    }

    void start() {
        read();
        later(this::send);
        if (!careful && random.nextInt(3) == 0) {
            later(this::misbehave);
        }
    }

    private void later(Runnable step) {
        loop.addTimeout(Duration.ofMillis(random.nextInt(30)), step);
    }

    // ---- sending

    private static byte byteAt(long position) {
        // no short period, and a line feed now and then
        return (byte) (position * 7 + (position >> 8) * 13);
    }

    private void send() {
        if (stream.closed() || ended) {
            return;
        }
        if (stream.writing() && random.nextBoolean()) {
            later(this::send);
            return;
        }
        int count = Math.min(toSend - written, random.nextInt(20_000));
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = byteAt(written + i);
        }
        boolean zeroCopy = !stream.writing() && random.nextInt(4) == 0;
        if (zeroCopy) {
            writeCallbacksAsked++;
            stream.writeZeroCopy(ByteBuffer.wrap(bytes), this::wrote);
            written += count;
            return;
        }
        try {
            if (random.nextBoolean()) {
                writeCallbacksAsked++;
                stream.write(bytes, this::wroteSome);
            } else {
                stream.write(bytes);
            }
        } catch (IllegalStateException barred) {
            assertThat(barred).hasMessageContaining("without copying is under way");
            return;
        }
        written += count;
        if (written == toSend) {
            end();
        } else {
            later(this::send);
        }
    }

    private void wrote() {
        wroteSome();
        if (written == toSend) {
            end();
        } else {
            later(this::send);
        }
    }

    private void wroteSome() {
        called();
        writeCallbacks++;
    }

    private void end() {
        ended = true;
        endedAt = loop.nanoTime();
        if (stream.closed()) {
            // the last write has found the connection broken
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> stream.shutdownWrite(this::called);
            case 1 -> later(() -> stream.close());
            default -> stream.close();
        }
    }

    private void misbehave() {
        switch (random.nextInt(3)) {
            case 0 -> stream.abort();
            case 1 -> stream.close();
            default -> stream.cancelRead();
        }
    }

    // ---- receiving

    private void read() {
        switch (random.nextInt(8)) {
            case 0 -> stream.readUntil("\n", this::got);
            case 1 -> stream.readUntilPattern("[\\n\\r]", this::got);
            case 2 -> stream.readPartial(1 + random.nextInt(5_000), this::got);
            case 3 -> {
                ByteBuffer into = ByteBuffer.allocate(1 + random.nextInt(8_000));
                stream.readPartialInto(into, count -> {
                    check(into.flip());
                    again();
                });
            }
            case 4 ->
                stream.readBytes(
                        random.nextInt(30_000),
                        last -> {
                            assertThat(last).isEmpty();
                            again();
                        },
                        this::check);
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    stream.readUntilClose(last -> check(ByteBuffer.wrap(last)), this::check);
                } else {
                    stream.readPartial(100, this::got);
                }
            }
            default -> stream.readPartial(1 + random.nextInt(70_000), this::got);
        }
    }

    private void got(byte[] data) {
        check(ByteBuffer.wrap(data));
        again();
    }

    private void again() {
        if (!careful && random.nextInt(200) == 0) {
            throw new Mistake();
        }
        if (random.nextInt(10) > 0) {
            readIfOpen();
        } else {
            later(this::readIfOpen);
        }
    }

    private void readIfOpen() {
        if (!stream.closed() && !stream.reading()) {
            read();
        }
    }

    private void check(ByteBuffer data) {
        called();
        lastReceivedAt = loop.nanoTime();
        while (data.hasRemaining()) {
            byte expected = byteAt(received);
            byte actual = data.get();
            if (actual != expected) {
                throw new AssertionError(
                        name + " received " + actual + " instead of " + expected + " at position " + received);
            }
            received++;
        }
    }

    private void called() {
        if (closes > 0) {
            callbacksAfterClose++;
        }
    }

    private void closed() {
        closes++;
        closedAt = loop.nanoTime();
    }

    // ---- the ledger

    void finish() {
        stream.abort();
    }

    /** What must hold for every actor when all is over. */
    void verify(Actor peer) {
        assertThat(stream.closed()).as("%s closed", name).isTrue();
        assertThat(closes).as("close callbacks of %s", name).isEqualTo(1);
        assertThat(callbacksAfterClose)
                .as("callbacks of %s after its close callback", name)
                .isZero();
        assertThat(writeCallbacks).as("write callbacks of %s", name).isLessThanOrEqualTo(writeCallbacksAsked);
        assertThat(received).as("bytes that %s received", name).isLessThanOrEqualTo(peer.written);
        boolean sentAll = peer.stream.closeReason() == CloseReason.LOCAL && peer.stream.unsentBytes() == 0;
        boolean heardAll = stream.closeReason() == CloseReason.PEER_END;
        if (careful && sentAll && heardAll) {
            assertThat(received + stream.bufferedBytes())
                    .as("bytes that %s received of those that %s sent", name, peer.name)
                    .isEqualTo(peer.written);
        }
        if (ended && careful && peer.careful && peer.received == written) {
            long since = Math.max(endedAt, peer.lastReceivedAt);
            assertThat(Duration.ofNanos(closedAt - since))
                    .as("time that %s took to close when %s had received everything", name, peer.name)
                    .isLessThan(SOON);
        }
    }
}
