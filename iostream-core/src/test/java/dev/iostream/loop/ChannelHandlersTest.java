package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChannelHandlersTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Turns that do not wait, after which whatever is ready has been found. */
    private static final int A_FEW_TURNS = 20;

    private final IOLoop loop = new IOLoop();
    private final List<SelectableChannel> opened = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    ChannelHandlersTest() {
        loop.setExceptionHandler(reported::add);
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        for (SelectableChannel channel : opened) {
            channel.close();
        }
    }

    private <C extends SelectableChannel> C nonBlocking(C channel) throws IOException {
        opened.add(channel);
        channel.configureBlocking(false);
        return channel;
    }

    private Pipe pipe() throws IOException {
        Pipe pipe = Pipe.open();
        nonBlocking(pipe.source());
        nonBlocking(pipe.sink());
        return pipe;
    }

    private static void write(Pipe pipe, String text) throws IOException {
        pipe.sink().write(ByteBuffer.wrap(text.getBytes()));
    }

    private static String read(SelectableChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        int count = ((Pipe.SourceChannel) channel).read(buffer);
        return count < 0 ? "end" : new String(buffer.array(), 0, count);
    }

    private void runUntilStopped() {
        loop.runSync(LIMIT, () -> {});
    }

    private void runAFewTurns() {
        loop.runSync(LIMIT, () -> stopAfter(A_FEW_TURNS));
    }

    private void stopAfter(int turns) {
        if (turns == 0) {
            loop.stop();
        } else {
            loop.addCallback(() -> stopAfter(turns - 1));
        }
    }

    @Test
    void aPipeTellsItsHandlerWhatItIsReadyForAndWhichItIs() throws IOException {
        Pipe pipe = pipe();
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
            assertThat(loop.inLoop() && loop.running()).isTrue();
            assertThat(channel).isSameAs(pipe.source());
            events.add(ready + " " + read(channel));
            loop.stop();
        });
        write(pipe, "one");
        runUntilStopped();
        write(pipe, "two");
        runUntilStopped();
        assertThat(events).containsExactly(Interest.READ + " one", Interest.READ + " two");
    }

    @Test
    void theEndOfAPipeIsReadable() throws IOException {
        Pipe pipe = pipe();
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
            events.add(read(channel));
            loop.stop();
        });
        loop.addCallback(() -> {
            try {
                pipe.sink().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        runUntilStopped();
        assertThat(events).containsExactly("end");
    }

    @Test
    void whatIsNotReadIsToldAgain() throws IOException {
        Pipe pipe = pipe();
        write(pipe, "unread");
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
            events.add("ready");
            if (events.size() == 3) {
                loop.stop();
            }
        });
        runUntilStopped();
        assertThat(events).hasSize(3);
    }

    @Test
    void anyChannelCanBeWatched() throws IOException {
        ServerSocketChannel listener = nonBlocking(ServerSocketChannel.open());
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DatagramChannel datagrams = nonBlocking(DatagramChannel.open());
        datagrams.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketChannel client = nonBlocking(SocketChannel.open());
        loop.addHandler(listener, Interest.ACCEPT, (channel, ready) -> {
            nonBlocking(listener.accept());
            events.add("accepted " + ready);
            datagrams.send(ByteBuffer.allocate(1), datagrams.getLocalAddress());
        });
        loop.addHandler(datagrams, Interest.READ, (channel, ready) -> {
            datagrams.receive(ByteBuffer.allocate(1));
            events.add("received " + ready);
            loop.stop();
        });
        boolean connected = client.connect(listener.getLocalAddress());
        if (!connected) {
            loop.addHandler(client, Interest.CONNECT, (channel, ready) -> {
                client.finishConnect();
                loop.removeHandler(client);
            });
        }
        runUntilStopped();
        assertThat(events).containsExactly("accepted " + Interest.ACCEPT, "received " + Interest.READ);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void interestIsExactAndCanBeChanged() throws IOException {
        ServerSocketChannel listener = nonBlocking(ServerSocketChannel.open());
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketChannel near = SocketChannel.open(listener.getLocalAddress());
        nonBlocking(near);
        SocketChannel far;
        do {
            far = listener.accept();
        } while (far == null);
        nonBlocking(far);
        loop.addHandler(near, Interest.READ, (channel, ready) -> events.add(Interest.describe(ready)));
        runAFewTurns();
        assertThat(events).as("it is writable, but nobody asked").isEmpty();

        loop.updateHandler(near, Interest.WRITE);
        far.write(ByteBuffer.allocate(1));
        runAFewTurns();
        assertThat(events).isNotEmpty().containsOnly("WRITE");

        loop.updateHandler(near, Interest.NONE);
        events.clear();
        runAFewTurns();
        assertThat(events).isEmpty();

        loop.updateHandler(near, Interest.READ | Interest.WRITE);
        runAFewTurns();
        assertThat(events).contains("READ|WRITE");
    }

    @Test
    void aChannelHasOneHandler() throws IOException {
        Pipe pipe = pipe();
        write(pipe, "data");
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
            events.add("first");
            loop.stop();
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
                    events.add("second");
                }))
                .withMessageContaining("has a handler already")
                .withMessageContaining("updateHandler");
        runUntilStopped();
        assertThat(events).containsExactly("first");
    }

    @Test
    void aChannelThatTheLoopWatchesForAStreamHasNoHandler() throws IOException {
        Pipe pipe = pipe();
        loop.register(pipe.source(), interest -> {});
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {}))
                .withMessageContaining("watches the channel already");
        assertThat(loop.removeHandler(pipe.source())).isFalse();
    }

    @Test
    void onlyKnownChannelsAreUpdatedAndUnknownOnesRemovedInVain() throws IOException {
        Pipe pipe = pipe();
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.updateHandler(pipe.source(), Interest.READ))
                .withMessageContaining("no handler");
        assertThat(loop.removeHandler(pipe.source())).isFalse();
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> events.add("ready"));
        assertThat(loop.removeHandler(pipe.source())).isTrue();
        assertThat(loop.removeHandler(pipe.source())).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> loop.updateHandler(pipe.source(), Interest.READ));
        write(pipe, "data");
        runAFewTurns();
        assertThat(events).isEmpty();
    }

    @Test
    void aHandlerThatThrowsIsReportedAndStays() throws IOException {
        Pipe pipe = pipe();
        write(pipe, "data");
        var failures = List.of(new IOException("checked"), new StackOverflowError("an error"));
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
            if (reported.size() == failures.size()) {
                events.add(read(channel));
                loop.stop();
                return;
            }
            Throwable failure = failures.get(reported.size());
            if (failure instanceof Error error) {
                throw error;
            }
            throw (IOException) failure;
        });
        runUntilStopped();
        assertThat(reported).containsExactlyElementsOf(failures);
        assertThat(events).containsExactly("data");
        assertThat(loop.stats().failures()).isEqualTo(2);
    }

    @Test
    void aHandlerRemovedByAnotherThatIsReadyInTheSamePollIsNotCalled() throws IOException {
        List<Pipe> pipes = List.of(pipe(), pipe(), pipe());
        for (Pipe pipe : pipes) {
            write(pipe, "data");
            loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
                events.add("called");
                pipes.forEach(any -> loop.removeHandler(any.source()));
            });
        }
        runAFewTurns();
        assertThat(events).containsExactly("called");
        assertThat(reported).isEmpty();
    }

    @Test
    void aHandlerThatAnotherMakesWatchForNothingInTheSamePollIsNotCalled() throws IOException {
        List<Pipe> pipes = List.of(pipe(), pipe());
        for (Pipe pipe : pipes) {
            write(pipe, "data");
            loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
                events.add("called");
                pipes.forEach(any -> loop.updateHandler(any.source(), Interest.NONE));
            });
        }
        runAFewTurns();
        assertThat(events).containsExactly("called");
    }

    @Test
    void aHandlerThatAnotherReplacesInTheSamePollIsCalledOnlyAtTheNext() throws IOException {
        List<Pipe> pipes = List.of(pipe(), pipe());
        for (Pipe pipe : pipes) {
            write(pipe, "data");
            loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
                events.add("former");
                for (Pipe any : pipes) {
                    loop.removeHandler(any.source());
                    loop.addHandler(any.source(), Interest.READ, (same, what) -> {
                        events.add("new");
                        loop.removeHandler(same);
                    });
                }
            });
        }
        runAFewTurns();
        assertThat(events).containsExactly("former", "new", "new");
    }

    @Test
    void aTaskIsNotForgottenWhenAHandlerIsReplaced() throws Exception {
        Pipe pipe = pipe();
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {});
        loop.runSync(LIMIT, () -> {
            loop.removeHandler(pipe.source());
            // arrives before the selector is asked to drop the old key, which must not swallow the wake-up
            var other = new Thread(() -> loop.addCallback(loop::stop));
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {});
        });
    }

    @Test
    void aChannelThatIsClosedIsNotReadyAnyMore() throws IOException {
        Pipe pipe = pipe();
        write(pipe, "data");
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {
            events.add("called");
            channel.close();
        });
        runAFewTurns();
        assertThat(events).containsExactly("called");
        assertThat(loop.removeHandler(pipe.source())).isTrue();
    }

    @Test
    void aRemovedChannelBelongsToItsOwnerAgain() throws IOException {
        Pipe pipe = pipe();
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {});
        loop.removeHandler(pipe.source());
        runAFewTurns();
        pipe.source().configureBlocking(true);
        assertThat(pipe.source().isOpen()).isTrue();
    }

    @Test
    void theArgumentComesFirstEvenWhenItIsNull() throws IOException {
        Pipe pipe = pipe();
        write(pipe, "data");
        loop.addHandler(
                pipe.source(),
                Interest.READ,
                (String arg, SelectableChannel channel, int ready) -> {
                    events.add(arg + " " + read(channel));
                    loop.removeHandler(channel);
                    loop.addHandler(channel, Interest.READ, (none, same, what) -> loop.stop(), null);
                    write(pipe, "more");
                },
                "arg");
        runUntilStopped();
        assertThat(events).containsExactly("arg data");
    }

    @Test
    void mistakesAreRefusedWithTheirRemedy() throws IOException {
        Pipe pipe = pipe();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.addHandler(pipe.source(), Interest.READ | Interest.ACCEPT, (c, r) -> {}))
                .withMessageContaining("READ|ACCEPT");
        pipe.source().configureBlocking(true);
        assertThatIllegalStateException()
                .isThrownBy(() -> loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {}))
                .withMessageContaining("configureBlocking(false)");
        pipe.source().configureBlocking(false);
        loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {});
        assertThatIllegalArgumentException().isThrownBy(() -> loop.updateHandler(pipe.source(), Interest.WRITE));
        pipe.sink().close();
        assertThatThrownBy(() -> loop.addHandler(pipe.sink(), Interest.WRITE, (channel, ready) -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Could not watch");
    }

    @Test
    void manyClosedChannelsAreLetGoOf() throws IOException {
        for (int i = 0; i < 1000; i++) {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            loop.addHandler(pipe.source(), Interest.READ, (channel, ready) -> {});
            pipe.source().close();
            pipe.sink().close();
            runAFewTurns();
        }
        assertThat(loop.handledChannels()).isLessThan(200);
    }

    @Test
    void aClosedLoopLeavesTheChannelsOpenUnlessToldOtherwise() throws IOException {
        Pipe left = pipe();
        loop.addHandler(left.source(), Interest.READ, (channel, ready) -> {});
        loop.close();
        assertThat(left.source().isOpen()).isTrue();
        assertThat(left.source().isRegistered()).isFalse();
        assertThatThrownBy(() -> loop.addHandler(left.source(), Interest.READ, (channel, ready) -> {}))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(loop.removeHandler(left.source())).isFalse();

        Pipe closed = pipe();
        var other = new IOLoop();
        other.addHandler(closed.source(), Interest.READ, (channel, ready) -> {});
        other.runSync(LIMIT, () -> other.close(true));
        assertThat(closed.source().isOpen()).isFalse();
        assertThat(closed.sink().isOpen()).isTrue();
    }
}
