package dev.iostream.stream;

/** What a pipe reads from its source: chunks, as long as the target has room. */
final class PipeRead extends ReadRequest {
    private final Pipe pipe;

    PipeRead(Pipe pipe) {
        this.pipe = pipe;
    }

    Pipe pipe() {
        return pipe;
    }

    @Override
    boolean advance(InboundBuffer buffer, boolean last) {
        return false;
    }

    @Override
    boolean takesChunks() {
        return !isPaused();
    }

    @Override
    int mostAtOnce() {
        return pipe.mostAtOnce();
    }

    @Override
    boolean isPaused() {
        return pipe.isPaused();
    }

    @Override
    boolean completesWith(int buffered) {
        return buffered > 0;
    }

    @Override
    void handOver(InboundBuffer buffer) {
        pipe.transfer(buffer.takeView(buffer.size()));
    }

    @Override
    boolean end(InboundBuffer buffer) {
        return true;
    }

    @Override
    void run() {
        pipe.sourceEnded();
    }

    @Override
    String describe() {
        return "pipeTo(...)";
    }
}
