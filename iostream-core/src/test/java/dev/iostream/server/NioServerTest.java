package dev.iostream.server;

import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import dev.iostream.transport.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The contract over sockets of the system. */
class NioServerTest extends ServerContract {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Turns without an event after which the system has nothing under way on loopback. */
    private static final int QUIET_TURNS = 1000;

    private final IOLoop loop = new IOLoop();

    @Override
    IOLoop loop() {
        return loop;
    }

    @Override
    Network network() {
        return Network.nio();
    }

    @Override
    IOStream connect(SocketAddress address) throws IOException {
        return new IOStream(SocketChannel.open(address), loop);
    }

    @Override
    IOStream connect(InetAddress source, SocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(source, 0));
        channel.connect(address);
        return new IOStream(channel, loop);
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
