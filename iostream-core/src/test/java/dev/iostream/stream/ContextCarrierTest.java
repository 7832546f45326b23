package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.client.TCPClient;
import dev.iostream.event.CloseReason;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What belongs to whoever gives a callback is there when it is called, and nowhere else. */
class ContextCarrierTest extends TlsFixture {
    private static final ThreadLocal<@Nullable String> TRACE = new ThreadLocal<>();

    private static final ContextCarrier CARRIER = () -> {
        String captured = TRACE.get();
        return captured == null
                ? null
                : () -> {
                    String before = TRACE.get();
                    TRACE.set(captured);
                    return () -> TRACE.set(before);
                };
    };

    private final List<String> seen = new ArrayList<>();
    private IOStream client;
    private IOStream server;

    @BeforeEach
    void connect() {
        StreamOptions carrying = StreamOptions.builder().context(CARRIER).build();
        Simulation.Peers peers = simulation.connect(carrying, StreamOptions.defaults());
        client = peers.client();
        server = peers.server();
        clients.add(client);
        served.add(server);
    }

    @AfterEach
    void theThreadIsLeftAsItWasFound() {
        assertThat(TRACE.get()).isNull();
    }

    private static void with(String trace, Runnable task) {
        TRACE.set(trace);
        try {
            task.run();
        } finally {
            TRACE.remove();
        }
    }

    private void see(String what) {
        seen.add(what + " in " + TRACE.get());
    }

    private void whileThePeerSends(String text, Runnable task) {
        with("trace", task);
        server.write(text);
        simulation.run();
    }

    // ---- kinds of callbacks

    @Test
    void everyReadIsCarried() {
        whileThePeerSends("a\n", () -> client.readUntil("\n", data -> see("until")));
        whileThePeerSends("a\n", () -> client.readUntilPattern("\n", data -> see("pattern")));
        whileThePeerSends("ab", () -> client.readBytes(2, data -> see("bytes")));
        whileThePeerSends("ab", () -> client.readPartial(2, data -> see("partial")));
        whileThePeerSends("ab", () -> client.readInto(ByteBuffer.allocate(2), count -> see("into")));
        whileThePeerSends("ab", () -> client.readBytes(2L, data -> see("all"), chunk -> see("chunk")));
        whileThePeerSends("ab", () -> client.readUntilClose(data -> see("close"), chunk -> see("chunk")));
        server.close();
        simulation.run();

        assertThat(seen)
                .containsExactly(
                        "until in trace",
                        "pattern in trace",
                        "bytes in trace",
                        "partial in trace",
                        "into in trace",
                        "chunk in trace",
                        "all in trace",
                        "chunk in trace",
                        "close in trace");
    }

    @Test
    void whatIsCalledOfWritesAndTheEndIsCarried() {
        with("write", () -> client.write("hello", () -> see("written")));
        with("writable", () -> client.onWritable(() -> see("writable")));
        with("close", () -> client.setCloseCallback(() -> see("closed")));
        with("shutdown", () -> client.shutdownWrite(() -> see("shut down")));
        with("end", () -> client.setReadEndCallback(() -> see("ended")));
        server.readUntilClose(data -> server.close());
        simulation.run();
        client.close();
        simulation.run();

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "written in write",
                        "writable in writable",
                        "shut down in shutdown",
                        "ended in end",
                        "closed in close");
    }

    @Test
    void futuresAreCompletedWithWhatBelongedToWhoAskedForThem() throws Exception {
        var line = new CompletableFuture<byte[]>();
        AsyncIOStream async = client.async();
        Runnable ask = () -> async.readUntil("\n").thenAccept(data -> {
            see("future");
            line.complete(data);
        });
        var other = new Thread(() -> with("other", ask));
        simulation.loop().addCallback(() -> {
            other.start();
            join(other);
        });
        server.write("a\n");
        simulation.run();

        assertThat(line).isCompleted();
        assertThat(seen).containsExactly("future in other");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- connecting

    private StreamOptions dialling() {
        return options().toBuilder().context(CARRIER).build();
    }

    @Test
    void theOutcomeOfAConnectIsCarried() {
        listen(accepted -> served.add(IOStream.over(accepted.transport(), simulation.loop(), options())));
        IOStream good = IOStream.open(simulation.loop(), dialling());
        with("good", () -> good.connect("127.0.0.1", PORT, null, () -> see("connected"), null));
        IOStream bad = IOStream.open(simulation.loop(), dialling());
        with("bad", () -> bad.connect("nowhere.example", PORT, null, null, (errno, message) -> see("failed " + errno)));
        simulation.run();
        clients.add(good);

        assertThat(seen).containsExactlyInAnyOrder("connected in good", "failed -2 in bad");
    }

    @Test
    void theEndOfAHandshakeIsCarried() {
        listen(accepted -> served.add(SSLIOStream.over(
                accepted.transport(), serverOptions(), simulation.loop(), options(), TlsFixture::echo)));
        SSLIOStream stream = SSLIOStream.open(simulation.loop(), clientOptions(), dialling());
        clients.add(stream);
        with("secured", () -> stream.onSecured(() -> see("secured")));
        stream.connect("localhost", PORT, null, null, null);
        simulation.run();

        assertThat(seen).containsExactly("secured in secured");
    }

    @Test
    void aClientConnectsWithWhatBelongsToItsCaller() {
        var echo = new TCPServer(
                simulation.loop(),
                stream -> {},
                ServerOptions.builder("echo").network(simulation.network()).build());
        echo.listen(address);
        TCPClient orders =
                TCPClient.builder(simulation.loop())
                        .name("orders")
                        .target("nowhere.example", PORT)
                        .target(address)
                        .stream(dialling())
                        .build();
        with("caller", () -> {
            orders.connect(
                    stream -> {
                        see("connected");
                        stream.abort();
                    },
                    (errno, message) -> see("failed"));
            orders.connect().thenAccept(stream -> see("future"));
        });
        simulation.run(Duration.ofSeconds(1));
        echo.close();
        orders.close();
        simulation.run();

        assertThat(seen).containsExactlyInAnyOrder("connected in caller", "future in caller");
    }

    // ---- what follows

    @Test
    void whatIsGivenWithNothingIsCalledWithNothing() {
        whileThePeerSends("a\n", () -> client.readUntil("\n", data -> see("first")));
        client.readUntil("\n", data -> see("second"));
        server.write("b\n");
        simulation.run();

        assertThat(seen).containsExactly("first in trace", "second in null");
    }

    @Test
    void whatIsGivenFromWithinACallbackIsGivenWhatThatWas() {
        whileThePeerSends("a\nb\nc\n", () -> readLines(3));

        assertThat(seen).containsExactly("line in trace", "line in trace", "line in trace");
    }

    private void readLines(int count) {
        if (count > 0) {
            client.readUntil("\n", data -> {
                see("line");
                readLines(count - 1);
            });
        }
    }

    @Test
    void callbacksOfDifferentOriginAreKeptApart() {
        with("one", () -> client.write("x", () -> see("written")));
        whileThePeerSends("a\n", () -> client.readUntil("\n", data -> see("read")));
        simulation.loop().addCallback(() -> see("task"));
        simulation.run();

        assertThat(seen).containsExactlyInAnyOrder("written in one", "read in trace", "task in null");
    }

    @Test
    void aCallbackThatThrowsLeavesNothingBehind() {
        simulation.loop().setExceptionHandler(failure -> see("reported"));
        Consumer<byte[]> broken = data -> {
            throw new IllegalStateException("oops");
        };
        whileThePeerSends("a\n", () -> client.readUntil("\n", broken));

        assertThat(client.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(seen).containsExactly("reported in null");
    }

    @Test
    void aTaskIsWrappedOnlyWhereThereIsSomethingToCarry() {
        Runnable task = () -> see("task");

        assertThat(ContextCarrier.NONE.carry(task)).isSameAs(task);
        assertThat(CARRIER.carry(task)).isSameAs(task);
        Runnable[] carried = new Runnable[1];
        with("trace", () -> carried[0] = CARRIER.carry(task));
        carried[0].run();
        carried[0].run();

        assertThat(seen).containsExactly("task in trace", "task in trace");
    }
}
