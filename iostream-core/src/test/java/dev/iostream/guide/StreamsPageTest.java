package dev.iostream.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.LoopOptions;
import dev.iostream.loop.MemoryBudget;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.BufferFullException;
import dev.iostream.stream.IOBuffer;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.Pipe;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page about streams shows. */
class StreamsPageTest {
    private final Simulation simulation =
            new Simulation(Link.perfect().randomChunks(5).window(16 * 1024));
    private final Simulation.Peers peers = simulation.connect();
    private final IOStream stream = peers.client();
    private final IOStream peer = peers.server();
    private final List<String> log = new ArrayList<>();

    private static String text(byte[] bytes) {
        return new String(bytes);
    }

    @Nested
    class Connecting {
        private final IOLoop loop = simulation.loop();

        private StreamOptions options() {
            StreamOptions options = StreamOptions.builder()
                    .dial(simulation.dialOptions())
                    .dnsTimeout(Duration.ofSeconds(5))
                    .connectTimeout(Duration.ofSeconds(3))
                    .build();
            return options;
        }

        private void connect() {
            StreamOptions options = options();
            IOStream stream = IOStream.open(loop, options);
            stream.connect(
                    "db.internal",
                    5432,
                    null,
                    () -> log.add("connected to " + stream.remoteAddress()),
                    (errno, message) -> log.add(errno + ": " + message));
            simulation.run();
        }

        @Test
        void exactlyOneCallbackIsCalled() {
            connect();

            assertThat(log)
                    .singleElement()
                    .asString()
                    .startsWith(Errno.EAI_NONAME + ": ")
                    .contains("db.internal");
        }

        @Test
        void aNameThatIsNotResolvedInTime() {
            simulation.silentName("db.internal");
            connect();

            assertThat(log)
                    .singleElement()
                    .asString()
                    .startsWith(Errno.ETIMEDOUT + ": ")
                    .contains("dns_timeout");
        }
    }

    @Nested
    class Reading {
        @Test
        void untilADelimiter() {
            stream.readUntil("\r\n", 512, line -> log.add(text(line)));

            peer.write("HELO mx.example\r\nMAIL");
            simulation.run();
            assertThat(log).containsExactly("HELO mx.example\r\n");

            stream.readBytes(4, rest -> log.add(text(rest)));
            simulation.run();
            assertThat(log).endsWith("MAIL");
        }

        @Test
        void exactlySoMany() {
            stream.readBytes(4, head -> {
                int length = ByteBuffer.wrap(head).getInt();
                stream.readBytes(length, body -> log.add(text(body)));
            });

            peer.write(ByteBuffer.allocate(4).putInt(5).flip());
            peer.write("01234567");
            simulation.run();
            assertThat(log).containsExactly("01234");
        }

        @Test
        void untilAPattern() {
            stream.readUntilPattern("\\r?\\n", 512, line -> log.add(text(line)));

            peer.write("either\nor\r\n");
            simulation.run();
            assertThat(log).containsExactly("either\n");
        }

        @Test
        void whateverIsThere() {
            var whole = new StringBuilder();
            readOn(whole);
            peer.write("a terminal, say");
            simulation.run();
            assertThat(whole).hasToString("a terminal, say");
        }

        private void readOn(StringBuilder whole) {
            stream.readPartial(8192, bytes -> {
                whole.append(text(bytes));
                readOn(whole);
            });
        }

        @Test
        void intoABufferOfYourOwn() {
            ByteBuffer record = ByteBuffer.allocateDirect(128);
            stream.readInto(record, count -> log.add(count + " bytes at " + record.position()));

            peer.write(new byte[200]);
            simulation.run();
            assertThat(log).containsExactly("128 bytes at 128");
        }

        @Test
        void manyBytesInChunks() {
            var total = new AtomicLong();
            stream.readBytes(1_000_000L, end -> log.add("complete"), chunk -> total.addAndGet(chunk.remaining()));

            peer.write(new byte[1_500_000]);
            simulation.run();
            assertThat(total).hasValue(1_000_000);
            assertThat(log).containsExactly("complete");
        }

        @Test
        void untilItCloses() {
            stream.readUntilClose(all -> log.add(text(all) + " " + stream.error()));

            peer.write("all there is");
            peer.close();
            simulation.run();
            assertThat(log).containsExactly("all there is null");
        }

        @Test
        void untilItClosesInChunks() {
            var total = new AtomicLong();
            stream.readUntilClose(
                    rest -> log.add("total " + total.addAndGet(rest.length)),
                    chunk -> total.addAndGet(chunk.remaining()));

            peer.write(new byte[123_456]);
            peer.close();
            simulation.run();
            assertThat(log).containsExactly("total 123456");
        }

        @Test
        void oneAtATime() {
            stream.readUntil("\n", line -> log.add(text(line)));
            assertThat(stream.reading()).isTrue();
            assertThatIllegalStateException()
                    .isThrownBy(() -> stream.readBytes(1, data -> {}))
                    .withMessage(
                            "Already reading: readUntil(\"\\n\") is pending; start the next read from its callback");
            stream.cancelRead();
            stream.readBytes(3, data -> log.add(text(data)));

            peer.write("abc\n");
            simulation.run();
            assertThat(log).containsExactly("abc");
        }

        @Test
        void beyondTheLimit() {
            stream.setCloseCallback(() -> log.add("closed: " + stream.closeReason()));
            stream.readUntil("\n", 10, line -> log.add("never"));

            peer.write("twelve bytes and more");
            simulation.run();
            assertThat(log).containsExactly("closed: READ_LIMIT");
            assertThat(stream.error()).isInstanceOf(BufferFullException.class);
        }
    }

    @Nested
    class Writing {
        @Test
        void inOrder() {
            stream.write("one ");
            stream.write("two ".getBytes());
            stream.write(ByteBuffer.wrap(new byte[] {'3', ' '}));
            stream.writeBuffer(new IOBuffer().append("four").append("\n"), () -> log.add("all handed to the system"));

            peer.readUntil("\n", line -> log.add(text(line)));
            simulation.run();
            assertThat(log).containsExactlyInAnyOrder("all handed to the system", "one two 3 four\n");
        }

        private final Iterator<String> rows =
                IntStream.range(0, 200_000).mapToObj(number -> number + "\n").iterator();

        private void sendRows() {
            while (rows.hasNext()) {
                if (!stream.write(rows.next())) {
                    stream.onWritable(this::sendRows);
                    return;
                }
            }
            stream.write("the end\n", stream::close);
        }

        @Test
        void asMuchAsThePeerTakes() {
            sendRows();
            simulation.run();
            assertThat(stream.unsentBytes()).isBetween(250L * 1024, 257L * 1024);

            peer.readUntilClose(all -> log.add(text(all)));
            simulation.run();
            assertThat(log).singleElement().asString().startsWith("0\n1\n").endsWith("199999\nthe end\n");
        }

        @Test
        void withoutCopying(@TempDir Path folder) throws IOException {
            Path path = Files.writeString(folder.resolve("body"), "0123456789".repeat(10_000));
            try (FileChannel file = FileChannel.open(path)) {
                stream.write("LENGTH 100000\n", () -> {
                    stream.writeZeroCopy(file, 0, 100_000, () -> {
                        stream.write("END\n");
                    });
                });

                peer.readUntil("END\n", all -> log.add(text(all)));
                simulation.run();
                assertThat(log).singleElement().asString().hasSize(100_018);
            }
        }

        @Test
        void theBarrier() {
            stream.write("something");
            assertThatIllegalStateException()
                    .isThrownBy(() -> stream.writeZeroCopy(ByteBuffer.allocate(10), null))
                    .withMessageContaining("9 bytes written before are unsent; wait for their callback");
            simulation.run();
            stream.writeZeroCopy(ByteBuffer.allocate(100_000), () -> stream.write("after it"));
            assertThatIllegalStateException()
                    .isThrownBy(() -> stream.write("too early"))
                    .withMessageContaining("a write without copying is under way");

            var total = new AtomicLong();
            peer.readUntilClose(rest -> {}, chunk -> total.addAndGet(chunk.remaining()));
            simulation.run();
            assertThat(total).hasValue(9 + 100_000 + 8);
        }
    }

    @Nested
    class Ending {
        @Test
        void halfClose() {
            stream.write("a question of any length");
            stream.shutdownWrite(null);
            stream.readUntilClose(answer -> log.add(text(answer)));

            peer.setReadEndCallback(() -> log.add("nothing more will come"));
            peer.readUntilClose(question -> {
                peer.write("the answer to " + text(question));
                peer.close();
            });

            simulation.run();
            assertThat(log)
                    .containsExactlyInAnyOrder("the answer to a question of any length", "nothing more will come");
        }

        @Test
        void whyItClosed() {
            stream.setCloseCallback(() -> log.add(stream.closeReason() + ", cause " + stream.error()));
            stream.readUntil("\n", line -> log.add("never"));

            peer.write("no newline");
            peer.close();
            simulation.run();
            assertThat(log).containsExactly("PEER_END, cause null");
            assertThat(stream.bufferedBytes()).isEqualTo(10);
        }

        @Test
        void aCloseSendsWhatWasWritten() {
            peer.readUntilClose(all -> log.add(text(all)));
            stream.write("goodbye");
            stream.close();
            assertThat(stream.closed()).isTrue();

            simulation.run();
            assertThat(log).containsExactly("goodbye");
            assertThat(stream.closeReason()).isEqualTo(CloseReason.LOCAL);
        }

        @Test
        void aCloseWaitsForFiveSecondsOnly() {
            stream.write(new byte[100_000]);
            stream.close();
            simulation.run();
            assertThat(stream.closeReason()).isEqualTo(CloseReason.CLOSE_DEADLINE);
            assertThat(stream.unsentBytes()).isPositive();
        }

        @Test
        void aWriteCallbackWaitsAsLongAsItTakes() {
            stream.write(new byte[100_000], stream::close);
            simulation.run(Duration.ofMinutes(10));
            assertThat(stream.closed()).isFalse();
            peer.readUntilClose(all -> log.add(all.length + " bytes"));
            simulation.run();
            assertThat(log).containsExactly("100000 bytes");
            assertThat(stream.closeReason()).isEqualTo(CloseReason.LOCAL);
        }
    }

    @Nested
    class Limits {
        @Test
        void deadlines() {
            StreamOptions options = StreamOptions.builder()
                    .firstByteTimeout(Duration.ofSeconds(10))
                    .readTimeout(Duration.ofSeconds(30))
                    .idleTimeout(Duration.ofMinutes(5))
                    .writeStallTimeout(Duration.ofSeconds(30))
                    .closeTimeout(Duration.ofSeconds(5))
                    .build();

            IOStream silent =
                    simulation.connect(StreamOptions.defaults(), options).server();
            silent.readUntil("\n", line -> {});
            Simulation.Peers slow = simulation.connect(StreamOptions.defaults(), options);
            slow.server().readUntil("\n", line -> {});
            slow.client().write("half a li");
            simulation.run();
            assertThat(silent.closeReason()).isEqualTo(CloseReason.FIRST_BYTE_DEADLINE);
            assertThat(slow.server().closeReason()).isEqualTo(CloseReason.READ_DEADLINE);
        }

        @Test
        void sizes() {
            StreamOptions options = StreamOptions.builder()
                    .maxBufferSize(64 * 1024)
                    .maxWriteBufferSize(1024 * 1024)
                    .waterMarks(64 * 1024, 256 * 1024)
                    .build();

            IOStream limited = simulation.connect(options, options).client();
            try {
                limited.write(new byte[2 * 1024 * 1024]);
            } catch (BufferFullException e) {
                log.add("nothing was queued");
            }
            assertThat(log).containsExactly("nothing was queued");
            assertThat(limited.closed()).isFalse();
            assertThat(limited.unsentBytes()).isZero();
        }

        @Test
        void memory() {
            var loop = new IOLoop(LoopOptions.named("io").memory(MemoryBudget.of(64 * 1024 * 1024)));
            assertThat(loop.memory().limit()).isEqualTo(64 * 1024 * 1024);
            loop.close();
        }
    }

    private static final class Session {
        private final List<String> lines = new ArrayList<>();

        void line(byte[] line) {
            lines.add(text(line));
        }

        void closed() {
            lines.add("closed");
        }
    }

    @Nested
    class WithAnArgument {
        @Test
        void callbacksWithoutALambdaOfTheirOwn() {
            var session = new Session();
            stream.setCloseCallback(Session::closed, session);
            stream.readUntil("\n", Session::line, session);

            peer.write("a line\n");
            peer.close();
            simulation.run();
            assertThat(session.lines).containsExactly("a line\n", "closed");
        }

        @Test
        void attributes() {
            stream.setAttribute(Session.class, new Session());
            Session session = stream.attribute(Session.class);

            assertThat(session).isNotNull();
        }
    }

    @Nested
    class Piping {
        @Test
        void oneStreamIntoAnother() {
            Simulation.Peers others = simulation.connect();
            IOStream target = others.client();
            Pipe pipe = stream.pipeTo(target);
            pipe.onEnd(() -> log.add(pipe.bytes() + " bytes"));

            others.server().readUntilClose(all -> log.add(text(all)));
            peer.write("through the pipe");
            peer.close();
            simulation.run();
            assertThat(log).containsExactlyInAnyOrder("16 bytes", "through the pipe");
        }
    }

    @Nested
    class Futures {
        @Test
        void askAndAnswer() {
            AsyncIOStream async = stream.async();
            CompletableFuture<String> answer = async.write("time?\n")
                    .thenCompose(written -> async.readUntil("\n"))
                    .thenApply(line -> new String(line).strip());

            peer.readUntil("\n", question -> peer.write("noon\n"));
            simulation.run();
            assertThat(answer).isCompletedWithValue("noon");
        }
    }

    @Test
    void addresses() {
        assertThat(stream.remoteAddress()).isInstanceOf(InetSocketAddress.class);
        assertThat(stream.info().state()).isEqualTo("OPEN");
    }
}
