package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** So many bytes, handed over in chunks as they come; then the final callback with an empty array. */
final class StreamingRead extends ReadRequest {
    private static final byte[] NOTHING = {};

    private final Consumer<? super byte[]> callback;
    private final Consumer<? super ByteBuffer> streaming;
    private final long count;
    private long owed;

    StreamingRead(long count, Consumer<? super byte[]> callback, Consumer<? super ByteBuffer> streaming) {
        this.callback = callback;
        this.streaming = streaming;
        this.count = count;
        this.owed = count;
    }

    @Override
    boolean advance(InboundBuffer buffer, boolean last) {
        return wantsNothing();
    }

    @Override
    boolean wantsNothing() {
        return owed == 0;
    }

    @Override
    boolean takesChunks() {
        return owed > 0;
    }

    @Override
    boolean completesWith(int buffered) {
        return buffered >= owed;
    }

    @Override
    void handOver(InboundBuffer buffer) {
        ByteBuffer chunk = buffer.takeView((int) Math.min(owed, buffer.size()));
        owed -= chunk.remaining();
        streaming.accept(chunk);
    }

    @Override
    void run() {
        callback.accept(NOTHING);
    }

    @Override
    String describe() {
        return "readBytes(" + count + ", streaming)";
    }
}
