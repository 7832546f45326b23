package dev.iostream.stream;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The contract over Unix-domain sockets. */
class UnixDomainStreamTest extends NioStreamTest {
    @Override
    boolean resets() {
        return false;
    }

    @Override
    Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException {
        // the system allows about a hundred bytes for the path of a socket
        Path folder = Files.createTempDirectory("io");
        Path path = folder.resolve("s");
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            SocketChannel near = SocketChannel.open(UnixDomainSocketAddress.of(path));
            SocketChannel far = listener.accept();
            return new Pair(new IOStream(near, loop(), clientOptions), new IOStream(far, loop(), serverOptions));
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }
}
