package dev.iostream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ScriptedChannel;
import dev.iostream.loop.ScriptedPoller;
import dev.iostream.loop.ScriptedSelectorProvider;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which calls a transport, and a stream over it, makes to the system: as few as will do. */
class NioTransportTest {
    private final ScriptedSelectorProvider provider = new ScriptedSelectorProvider();
    private final ScriptedPoller poller = ScriptedPoller.at(0);
    private final ScriptedChannel channel = provider.openSocketChannel();
    private final ByteBuffer buffer = ByteBuffer.allocate(100);
    private final List<Integer> told = new ArrayList<>();
    private NioTransport transport;

    @BeforeEach
    void open() throws IOException {
        transport = new NioTransport(channel, poller.loop());
        transport.attach(told::add);
    }

    @AfterEach
    void close() {
        poller.loop().close();
    }

    private void becomeReady() {
        poller.loop().stop();
        poller.loop().start();
    }

    // ---- reading

    @Test
    void nothingIsReadBeforeTheChannelIsReady() throws IOException {
        channel.gives("abc");
        assertThat(transport.read(buffer)).isZero();
        assertThat(channel.reads()).isZero();
    }

    @Test
    void aReadThatTookAllThereWasIsNotFollowedByAnother() throws IOException {
        channel.gives("abc");
        transport.watch(Interest.READ);
        becomeReady();
        assertThat(transport.read(buffer)).isEqualTo(3);
        assertThat(transport.read(buffer)).isZero();
        assertThat(channel.reads()).isEqualTo(1);
    }

    @Test
    void aReadThatFilledItsBufferIsFollowedByAnother() throws IOException {
        channel.gives("x".repeat(150));
        transport.watch(Interest.READ);
        becomeReady();
        assertThat(transport.read(buffer)).isEqualTo(100);
        assertThat(transport.read(buffer.clear())).isEqualTo(50);
        assertThat(transport.read(buffer)).isZero();
        assertThat(channel.reads()).isEqualTo(2);
    }

    @Test
    void readinessForNoReasonLeadsToOneReadThatFindsNothing() throws IOException {
        channel.seemsReady(Interest.READ);
        transport.watch(Interest.READ);
        becomeReady();
        assertThat(told).containsExactly(Interest.READ);
        assertThat(transport.read(buffer)).isZero();
        assertThat(transport.read(buffer)).isZero();
        assertThat(channel.reads()).isEqualTo(1);
    }

    @Test
    void readinessToWriteSaysNothingOfBytesToRead() throws IOException {
        transport.watch(Interest.WRITE);
        becomeReady();
        assertThat(transport.read(buffer)).isZero();
        assertThat(channel.reads()).isZero();
    }

    @Test
    void theEndIsToldAsOftenAsItIsAskedFor() throws IOException {
        channel.ends();
        transport.watch(Interest.READ);
        becomeReady();
        assertThat(transport.read(buffer)).isEqualTo(-1);
        assertThat(transport.read(buffer)).isEqualTo(-1);
    }

    @Test
    void aReadThatFailsIsTold() {
        channel.fails(new IOException("Connection reset"));
        transport.watch(Interest.READ);
        becomeReady();
        assertThatThrownBy(() -> transport.read(buffer)).hasMessage("Connection reset");
    }

    // ---- writing

    @Test
    void aLargeHeapBufferIsShownInSlicesSinceTheSystemCopiesWhatItSees() throws IOException {
        ByteBuffer large = ByteBuffer.allocate(1_000_000);
        assertThat(transport.write(large)).isEqualTo(64 * 1024);
        assertThat(large.position()).isEqualTo(64 * 1024);
        assertThat(large.limit()).isEqualTo(1_000_000);
    }

    @Test
    void aSliceThatFailsLeavesTheBuffersLimitAsItWas() {
        channel.fails(new IOException("Broken pipe"));
        ByteBuffer large = ByteBuffer.allocate(1_000_000);
        assertThatThrownBy(() -> transport.write(large)).hasMessage("Broken pipe");
        assertThat(large.limit()).isEqualTo(1_000_000);
    }

    @Test
    void aDirectBufferIsShownWhole() throws IOException {
        assertThat(transport.write(ByteBuffer.allocateDirect(200_000))).isEqualTo(200_000);
    }

    // ---- watching

    @Test
    void theInterestIsSetOnlyWhenItChanges() {
        for (int i = 0; i < 10; i++) {
            transport.watch(Interest.READ);
        }
        transport.watch(Interest.READ | Interest.WRITE);
        transport.watch(Interest.READ);
        assertThat(poller.interests).isEqualTo(3);
    }

    @Test
    void closingClosesTheChannelAndMayBeDoneTwice() {
        transport.close();
        transport.close();
        assertThat(channel.isOpen()).isFalse();
    }

    // ---- a stream over it

    private ScriptedChannel peer() {
        return provider.openSocketChannel();
    }

    private IOStream stream(ScriptedChannel over) {
        return new IOStream(over, poller.loop(), StreamOptions.defaults());
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    @Test
    void aSteadyExchangeTakesOneReadAndOneWriteEachAndNeverChangesTheInterest() {
        ScriptedChannel peer = peer();
        echo(stream(peer));
        exchange(peer, 10);
        int interests = poller.interests;
        int reads = peer.reads();
        int writes = peer.writes();
        exchange(peer, 1000);
        assertThat(poller.interests - interests).as("changes of the interest").isZero();
        assertThat(peer.reads() - reads).as("reads").isEqualTo(1000);
        assertThat(peer.writes() - writes).as("writes").isEqualTo(1000);
        assertThat(peer.written()).isEqualTo("ping\n".repeat(1010));
    }

    private void exchange(ScriptedChannel peer, int times) {
        for (int i = 0; i < times; i++) {
            peer.gives("ping\n");
            poller.loop().start();
        }
    }

    @Test
    void manyMessagesOfOneReadAreAnsweredInOneWrite() {
        ScriptedChannel peer = peer();
        echo(stream(peer));
        peer.gives("ping\n".repeat(50));
        poller.loop().start();
        assertThat(peer.written()).isEqualTo("ping\n".repeat(50));
        assertThat(peer.writes()).isEqualTo(1);
    }

    @Test
    void aPeerThatTakesNothingIsWatchedUntilItDoesAndNotAskedMeanwhile() {
        ScriptedChannel peer = peer();
        IOStream stream = stream(peer);
        poller.loop().start();
        peer.takes(0);
        stream.write("waiting");
        poller.loop().start();
        assertThat(peer.writes()).isEqualTo(1);
        peer.takes(3);
        poller.loop().start();
        peer.takes(100);
        poller.loop().start();
        assertThat(peer.written()).isEqualTo("waiting");
        assertThat(peer.writes()).isEqualTo(3);
        assertThat(stream.writing()).isFalse();
        poller.polls.clear();
        poller.loop().start();
        assertThat(poller.polls).as("nothing is watched that is always ready").hasSize(1);
    }

    @Test
    void aWriteThatWaitsIsNotTriedAgainBecauseOfOtherEvents(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("content"), new byte[1000]);
        try (var file = FileChannel.open(path)) {
            List<Consumer<IOStream>> writes = List.of(
                    stream -> stream.write(new byte[1000]),
                    stream -> stream.writeZeroCopy(ByteBuffer.allocate(1000), null),
                    stream -> stream.writeZeroCopy(file, 0, 1000, null));
            for (Consumer<IOStream> write : writes) {
                ScriptedChannel peer = peer();
                IOStream stream = stream(peer);
                stream.readUntilClose(last -> {}, chunk -> {});
                poller.loop().start();
                peer.takes(3);
                write.accept(stream);
                poller.loop().start();
                int tried = peer.writes();
                for (int i = 0; i < 10; i++) {
                    peer.gives("input");
                    poller.loop().start();
                }
                assertThat(peer.writes()).isEqualTo(tried);
                peer.takes(1000);
                poller.loop().start();
                assertThat(peer.written()).hasSize(1000);
                assertThat(stream.writing()).isFalse();
            }
        }
    }

    @Test
    void aStreamThatNobodyReadsIsNotWatchedWhileBytesWait() {
        ScriptedChannel peer = peer();
        IOStream stream = stream(peer);
        peer.gives("unread");
        poller.loop().start();
        int reads = peer.reads();
        peer.gives("more");
        peer.ends();
        poller.loop().start();
        assertThat(peer.reads()).isEqualTo(reads);
        assertThat(stream.closed()).isFalse();
    }

    @Test
    void aStreamWhosePeerHasGoneIsNotWatchedAnyMore() {
        for (IOException failure : new IOException[] {null, new IOException("Connection reset")}) {
            ScriptedChannel peer = peer();
            IOStream stream = stream(peer);
            if (failure == null) {
                peer.ends();
            } else {
                peer.fails(failure);
            }
            poller.loop().start();
            assertThat(stream.closeReason()).isEqualTo(failure == null ? CloseReason.PEER_END : CloseReason.PEER_RESET);
            assertThat(peer.isOpen()).isFalse();
            assertThat(peer.reads()).isEqualTo(1);
        }
    }

    @Test
    void readinessForNoReasonDisturbsNoStream() {
        ScriptedChannel peer = peer();
        IOStream stream = stream(peer);
        echo(stream);
        for (int i = 0; i < 100; i++) {
            peer.seemsReady(Interest.READ | Interest.WRITE);
            poller.loop().start();
        }
        assertThat(stream.closed()).isFalse();
        exchange(peer, 1);
        assertThat(peer.written()).isEqualTo("ping\n");
    }
}
