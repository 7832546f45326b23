package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The contract over sockets of the system. */
class NioStreamTest extends StreamContract {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Turns without an event after which the system has nothing under way on loopback. */
    private static final int QUIET_TURNS = 1000;

    private final IOLoop loop = new IOLoop();

    @Override
    IOLoop loop() {
        return loop;
    }

    @Override
    int much() {
        return 16 * 1024 * 1024;
    }

    @Override
    Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel near = SocketChannel.open(listener.getLocalAddress());
            SocketChannel far = listener.accept();
            return new Pair(new IOStream(near, loop, clientOptions), new IOStream(far, loop, serverOptions));
        }
    }

    @Override
    void runUntil(BooleanSupplier condition) {
        loop.runSync(LIMIT, () -> stopWhen(condition));
    }

    private void stopWhen(BooleanSupplier condition) {
        if (condition.getAsBoolean()) {
            loop.stop();
        } else {
            loop.addCallback(() -> stopWhen(condition));
        }
    }

    @Override
    void runUntilQuiet() {
        loop.runSync(LIMIT, () -> stopAfter(QUIET_TURNS));
    }

    private void stopAfter(int turns) {
        if (turns == 0) {
            loop.stop();
        } else {
            loop.addCallback(() -> stopAfter(turns - 1));
        }
    }
}
