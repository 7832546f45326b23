package dev.iostream.guide;

import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends every line to all the others. Nobody is read while one of the others cannot keep up, so a slow member slows the
 * talk down instead of filling the memory; one who takes nothing for ten seconds is dropped.
 */
public final class LineChat {
    static final int LONGEST_LINE = 4096;

    static final StreamOptions OPTIONS =
            StreamOptions.builder().writeStallTimeout(Duration.ofSeconds(10)).build();

    private final Set<IOStream> members = new LinkedHashSet<>();
    private final Set<IOStream> spoken = new LinkedHashSet<>();

    public static void main(String[] args) {
        var loop = new IOLoop();
        var server = new LineChat().listen(loop, 9000);
        System.out.println("Listening at " + server.localAddresses());
        loop.start();
    }

    TCPServer listen(IOLoop loop, int port) {
        var server = new TCPServer(loop, this::join, ServerOptions.named("chat").stream(OPTIONS));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    void join(IOStream member) {
        members.add(member);
        member.setCloseCallback(this::leave, member);
        listenTo(member);
    }

    private void leave(IOStream member) {
        members.remove(member);
        spoken.remove(member);
        goOn();
    }

    private void listenTo(IOStream member) {
        if (!member.closed()) {
            member.readUntil("\n", LONGEST_LINE, this::say, member);
        }
    }

    private void say(IOStream speaker, byte[] line) {
        for (IOStream member : members) {
            if (member != speaker && !member.closed()) {
                member.write(line);
            }
        }
        spoken.add(speaker);
        goOn();
    }

    /** Listens again to those who have spoken, once everybody has room for more. */
    private void goOn() {
        for (IOStream member : members) {
            if (!member.closed() && !member.writable()) {
                member.onWritable(this::goOn);
                return;
            }
        }
        List<IOStream> next = List.copyOf(spoken);
        spoken.clear();
        next.forEach(this::listenTo);
    }
}
