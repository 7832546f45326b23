package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.MemoryBudget;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What all streams of a loop may hold together, in virtual time. */
class MemoryBudgetTest {
    private static final int MIB = 1024 * 1024;
    private static final Duration BEFORE_ANY_CLOSE = Duration.ofMillis(900);

    private final MemoryBudget budget = MemoryBudget.of(4 * MIB);
    private final Simulation simulation = new Simulation(Link.perfect(), 1, options -> options.memory(budget));
    private final List<IOStream> servers = new ArrayList<>();
    private final List<IOStream> clients = new ArrayList<>();

    /** Streams whose peers send so much each for a message that is never complete. */
    private void flood(int streams, int bytes) {
        for (int i = 0; i < streams; i++) {
            Simulation.Peers peers = simulation.connect();
            servers.add(peers.server());
            clients.add(peers.client());
            peers.server().readBytes(bytes + 1, data -> {});
            // not copied, so that only the receivers hold memory
            peers.client().writeZeroCopy(ByteBuffer.allocate(bytes), null);
        }
    }

    private long held() {
        return servers.stream().mapToLong(IOStream::bufferedBytes).sum();
    }

    @Test
    void readingStopsWhenTheBudgetIsSpent() {
        flood(20, MIB);
        simulation.run(BEFORE_ANY_CLOSE);
        assertThat(held()).isLessThan(6 * MIB);
        assertThat(servers).noneMatch(IOStream::closed);
        clients.forEach(IOStream::abort);
        servers.forEach(IOStream::abort);
        simulation.run();
        assertThat(budget.used()).isZero();
    }

    @Test
    void whoHoldsLittleIsServedWhileOthersHaveSpentIt() {
        Simulation.Peers bystander = simulation.connect();
        var answers = new ArrayList<String>();
        bystander.server().readUntil("\n", line -> bystander.server().write(line));
        flood(20, MIB);
        simulation.run(BEFORE_ANY_CLOSE.dividedBy(2));
        assertThat(budget.used()).isGreaterThan(budget.limit());
        bystander.client().write("hello\n");
        bystander.client().readUntil("\n", line -> answers.add(new String(line)));
        simulation.run(BEFORE_ANY_CLOSE.dividedBy(3));
        assertThat(answers).containsExactly("hello\n");
        assertThat(servers).noneMatch(IOStream::closed);
    }

    @Test
    void aMatchThatIsBufferedIsFoundWhenNoMoreIsRead() {
        var wide = new Simulation(Link.perfect().window(8 * MIB), 1, options -> options.memory(budget));
        Simulation.Peers peers = wide.connect();
        var lines = new AtomicInteger();
        byte[] message = new byte[8 * MIB];
        message[1000] = '\n';
        peers.client().writeZeroCopy(ByteBuffer.wrap(message), null);
        wide.run(Duration.ofMillis(1));
        // all of it is there, so that the read never has to wait for more before the budget is spent
        peers.server().readUntilPattern("\n", line -> lines.incrementAndGet());
        wide.run(BEFORE_ANY_CLOSE);
        assertThat(lines).hasValue(1);
        peers.client().abort();
        peers.server().abort();
        wide.run();
    }

    @Test
    void muchMoreThanItIsNotWaitedFor() {
        for (int i = 0; i < 20; i++) {
            Simulation.Peers peers = simulation.connect();
            servers.add(peers.server());
            peers.server().write(new byte[MIB]);
            peers.client().readBytes(1, data -> {});
        }
        // somebody has to want to read for the budget to be asked for
        servers.forEach(server -> server.readBytes(1, data -> {}));
        simulation.run(BEFORE_ANY_CLOSE.dividedBy(3));
        assertThat(servers)
                .filteredOn(IOStream::closed)
                .isNotEmpty()
                .allMatch(stream -> stream.closeReason() == CloseReason.MEMORY_BUDGET);
        assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
    }

    @Test
    void afterASecondTheHeaviestStreamsAreClosedUntilThereIsRoom() {
        flood(20, 2 * MIB);
        Simulation.Peers bystander = simulation.connect();
        var echoed = new AtomicInteger();
        bystander.server().readUntil("\n", line -> bystander.server().write(line));
        bystander.client().write("hello\n");
        bystander.client().readUntil("\n", line -> echoed.incrementAndGet());
        simulation.run(Duration.ofSeconds(30));
        assertThat(servers)
                .filteredOn(IOStream::closed)
                .isNotEmpty()
                .allMatch(stream -> stream.closeReason() == CloseReason.MEMORY_BUDGET);
        assertThat(held()).isLessThanOrEqualTo(6 * MIB);
        assertThat(echoed).hasValue(1);
        assertThat(bystander.server().closed()).isFalse();
    }

    @Test
    void readingGoesOnWhenThereIsRoomAgain() {
        flood(8, MIB);
        simulation.run(BEFORE_ANY_CLOSE.dividedBy(2));
        long before = held();
        servers.subList(0, 4).forEach(IOStream::abort);
        simulation.run(BEFORE_ANY_CLOSE.dividedBy(3));
        assertThat(servers.subList(4, 8)).noneMatch(IOStream::closed).allMatch(stream -> stream.bufferedBytes() == MIB);
        assertThat(before).isPositive();
    }

    @Test
    void whatStreamsHoldIsGivenBackWhenItIsTaken() {
        Simulation.Peers peers = simulation.connect();
        var read = new AtomicInteger();
        peers.server().readBytes(3 * MIB, data -> read.set(data.length));
        peers.client().writeZeroCopy(ByteBuffer.allocate(3 * MIB), null);
        assertThat(budget.used()).isZero();
        simulation.run();
        assertThat(read).hasValue(3 * MIB);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aLoopShowsWhatEachOfItsStreamsHolds() {
        Simulation.Peers peers = simulation.connect();
        peers.server().readBytes(1000, data -> {});
        peers.server().write(new byte[MIB]);
        peers.client().readBytes(2 * MIB, data -> {});
        peers.client().write("x".repeat(600));
        simulation.run(BEFORE_ANY_CLOSE);
        peers.client().cancelRead();
        peers.server().write(new byte[MIB]);
        simulation.run(BEFORE_ANY_CLOSE);

        List<List<Long>> shown = new ArrayList<>();
        simulation
                .loop()
                .eachMember(stream -> shown.add(List.of(stream.readBuffer(), stream.writeBuffer(), stream.held())));

        long unread = peers.client().bufferedBytes();
        long unsent = peers.server().unsentBytes();
        assertThat(unread).isEqualTo(MIB);
        assertThat(unsent).isPositive();
        assertThat(shown).containsExactlyInAnyOrder(List.of(unread, 0L, unread), List.of(600L, unsent, 600 + unsent));
        assertThat(simulation.loop().held()).isEqualTo(unread + 600 + unsent);
    }

    @Test
    void aBudgetIsAtLeastOneSlice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(MIB - 1))
                .withMessageContaining("at least 1 MiB");
        assertThat(MemoryBudget.quarterOfHeap().limit())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }
}
