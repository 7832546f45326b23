package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/**
 * A client that sends a batch of lines in one piece and waits for all answers before it sends the next: how fast either
 * side is has no influence on what they do.
 */
final class LockStep implements AutoCloseable {
    static final int SIZE = 64;

    private static final int LIMIT_MILLIS = 20_000;

    private final Socket socket;
    private final byte[] lines;

    LockStep(int port, int batch) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.setTcpNoDelay(true);
        lines = new byte[batch * SIZE];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = (byte) (i % SIZE == SIZE - 1 ? '\n' : 'a' + i % 26);
        }
    }

    /** Has {@code messages} lines answered, a whole number of batches. */
    void exchange(int messages) throws IOException {
        for (int sent = 0; sent < messages; sent += lines.length / SIZE) {
            socket.getOutputStream().write(lines);
            assertThat(socket.getInputStream().readNBytes(lines.length)).isEqualTo(lines);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
