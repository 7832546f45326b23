package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Hazard C6: the JDK keeps a direct copy of the largest heap buffer that a thread has ever given it. */
class NioDirectMemoryTest {
    private static final int MUCH = 64 * 1024 * 1024;
    private static final int LITTLE = 4 * 1024 * 1024;

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void anArrayOfAnySizeTakesLittleDirectMemory() throws IOException {
        var loop = new IOLoop();
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var writer = new IOStream(SocketChannel.open(listener.getLocalAddress()), loop);
            var reader = new IOStream(listener.accept(), loop);
            long before = directMemory();
            loop.runSync(Duration.ofSeconds(60), () -> {
                reader.readBytes((long) MUCH, all -> loop.stop(), chunk -> {});
                writer.write(new byte[MUCH]);
            });
            assertThat(directMemory() - before).isLessThan(LITTLE);
            writer.abort();
            reader.abort();
        } finally {
            loop.close();
        }
    }
}
