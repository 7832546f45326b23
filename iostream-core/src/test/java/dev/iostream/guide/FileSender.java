package dev.iostream.guide;

import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;

/** Sends one file to everybody who connects, and closes: {@code FileSender picture.jpg}. */
public final class FileSender {
    private static final StreamOptions OPTIONS =
            StreamOptions.builder().writeStallTimeout(Duration.ofSeconds(30)).build();

    private FileSender() {}

    public static void main(String[] args) {
        var loop = new IOLoop();
        var server = listen(loop, 9000, Path.of(args[0]));
        System.out.println("Listening at " + server.localAddresses());
        loop.start();
    }

    static TCPServer listen(IOLoop loop, int port, Path path) {
        var server = new TCPServer(loop, stream -> send(path, stream), ServerOptions.named("file").stream(OPTIONS));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    private static void send(Path path, IOStream stream) throws IOException {
        FileChannel file = FileChannel.open(path);
        stream.setCloseCallback(FileSender::close, file);
        // a peer that has nothing to say may end its side at once, and still wants the file
        stream.setReadEndCallback(() -> {});
        stream.writeZeroCopy(file, 0, file.size(), stream::close);
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
