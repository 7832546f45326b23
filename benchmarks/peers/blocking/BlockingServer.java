import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Order;
import dev.iostream.benchmarks.peer.Payload;
import dev.iostream.benchmarks.peer.Identity;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A virtual thread for each connection, over java.net alone. A source file, not a module: it needs a newer JDK than the
 * rest, whose launcher compiles it.
 *
 * <p>Lines are found in a buffer of the connection's own, not byte by byte, and those that came together leave together,
 * as in any server over blocking sockets that cares for speed.
 */
public final class BlockingServer {
    private BlockingServer() {}

    interface Work {
        void on(Socket socket) throws IOException;
    }

    public static void main(String[] args) throws Exception {
        Order order = Order.of(args);
        ServerSocket listener = order.secure()
                ? Identity.context(order).getServerSocketFactory().createServerSocket()
                : new ServerSocket();
        listener.bind(Order.anyPort(), Order.BACKLOG);
        Work work = work(order);
        Console.ready(listener.getLocalSocketAddress());
        while (true) {
            Socket socket = listener.accept();
            Thread.ofVirtual().start(() -> serve(work, socket));
        }
    }

    private static Work work(Order order) {
        return switch (order.job()) {
            case ECHO -> BlockingServer::echo;
            case SINK -> BlockingServer::sink;
            case SOURCE -> BlockingServer::source;
            case FILE -> socket -> file(socket, order);
            case PROXY -> socket -> proxy(socket, order);
            case FANOUT -> new FanOut();
            default -> throw order.unknown();
        };
    }

    private static void serve(Work work, Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            work.on(socket);
        } catch (IOException e) {
            // the peer has gone, which is how connections end here
        }
    }

    private static void echo(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] buffer = new byte[8 * 1024];
        int filled = 0;
        for (int count; (count = in.read(buffer, filled, buffer.length - filled)) >= 0; ) {
            int scanned = filled;
            filled += count;
            int whole = lastNewline(buffer, scanned, filled) + 1;
            if (whole > 0) {
                out.write(buffer, 0, whole);
                System.arraycopy(buffer, whole, buffer, 0, filled - whole);
                filled -= whole;
            }
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * filled);
            }
        }
    }

    private static int lastNewline(byte[] bytes, int from, int end) {
        int i = end - 1;
        while (i >= from && bytes[i] != '\n') {
            i--;
        }
        return i < from ? -1 : i;
    }

    private static void sink(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 * 1024];
        for (int count; (count = in.read(buffer)) >= 0; ) {
            Console.RECEIVED.add(count);
        }
    }

    private static void source(Socket socket) throws IOException {
        byte[] payload = Payload.bytes();
        OutputStream out = socket.getOutputStream();
        while (true) {
            out.write(payload);
        }
    }

    private static void file(Socket socket, Order order) throws IOException {
        OutputStream out = socket.getOutputStream();
        while (true) {
            try (FileChannel file = FileChannel.open(order.file()); InputStream in = Channels.newInputStream(file)) {
                in.transferTo(out);
            }
        }
    }

    private static void proxy(Socket front, Order order) throws IOException {
        try (var back = new Socket(order.upstream().getAddress(), order.upstream().getPort())) {
            back.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> relay(front, back));
            back.getInputStream().transferTo(front.getOutputStream());
        }
    }

    private static void relay(Socket from, Socket to) {
        try (to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // either side has gone, and the other is closed with it
        }
    }

    /** Sends each line to all sockets, one line at a time. */
    private static final class FanOut implements Work {
        private final Set<Socket> all = ConcurrentHashMap.newKeySet();
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        public void on(Socket socket) throws IOException {
            all.add(socket);
            try {
                var in = new BufferedInputStream(socket.getInputStream());
                for (byte[] line; (line = readLine(in)).length > 0; ) {
                    sendToAll(line);
                }
            } finally {
                all.remove(socket);
            }
        }

        private void sendToAll(byte[] line) throws IOException {
            lock.lock();
            try {
                for (Socket each : all) {
                    each.getOutputStream().write(line);
                }
            } finally {
                lock.unlock();
            }
        }

        private static byte[] readLine(BufferedInputStream in) throws IOException {
            byte[] line = new byte[64];
            int length = 0;
            for (int next; (next = in.read()) >= 0; ) {
                if (length == line.length) {
                    line = Arrays.copyOf(line, 2 * length);
                }
                line[length++] = (byte) next;
                if (next == '\n') {
                    return Arrays.copyOf(line, length);
                }
            }
            return new byte[0];
        }
    }
}
