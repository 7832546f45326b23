package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything until the stream closes, handed over in chunks as it comes or as one array at the end. */
final class UntilCloseRead extends ReadRequest {
    private final @Nullable Consumer<? super byte[]> callback;
    private final @Nullable Consumer<? super ByteBuffer> streaming;
    private final int maxBytes;
    private byte @Nullable [] rest;

    UntilCloseRead(
            int maxBytes,
            @Nullable Consumer<? super byte[]> callback,
            @Nullable Consumer<? super ByteBuffer> streaming) {
        this.maxBytes = maxBytes;
        this.callback = callback;
        this.streaming = streaming;
    }

    @Override
    boolean advance(InboundBuffer buffer, boolean last) {
        if (buffer.size() > maxBytes) {
            throw BufferFullException.unsatisfiable(this, maxBytes);
        }
        return false;
    }

    @Override
    boolean end(InboundBuffer buffer) {
        rest = buffer.take(Math.min(buffer.size(), maxBytes));
        return true;
    }

    @Override
    boolean takesChunks() {
        return streaming != null;
    }

    @Override
    boolean completesWith(int buffered) {
        return buffered > 0;
    }

    @Override
    void handOver(InboundBuffer buffer) {
        assert streaming != null;
        streaming.accept(buffer.takeView(buffer.size()));
    }

    @Override
    void run() {
        byte[] bytes = rest;
        assert bytes != null;
        if (callback != null) {
            callback.accept(bytes);
        }
    }

    @Override
    String describe() {
        return streaming == null ? "readUntilClose()" : "readUntilClose(streaming)";
    }
}
