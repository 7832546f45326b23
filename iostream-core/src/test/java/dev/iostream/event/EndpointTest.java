package dev.iostream.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointTest {
    private final Endpoint endpoint = new Endpoint("orders");
    private final Object oneLoop = new Object();
    private final Object otherLoop = new Object();

    @Test
    void startsWithNothingCounted() {
        EndpointStats stats = endpoint.stats();
        assertThat(stats.endpoint()).isEqualTo("orders");
        assertThat(stats.active()).isZero();
        assertThat(stats.closed()).isEmpty();
    }

    @Test
    void aLoopHasOneCellAndKeepsIt() {
        assertThat(endpoint.cell(oneLoop)).isSameAs(endpoint.cell(oneLoop));
        assertThat(endpoint.cell(oneLoop)).isNotSameAs(endpoint.cell(otherLoop));
        assertThat(endpoint.cell(oneLoop).endpoint()).isEqualTo("orders");
    }

    @Test
    void sumsTheLoops() {
        for (Object loop : new Object[] {oneLoop, otherLoop}) {
            Endpoint.Cell cell = endpoint.cell(loop);
            cell.opened();
            cell.opened();
            cell.closed(CloseReason.PEER_END);
            cell.received(10);
            cell.sent(20);
            cell.readBuffer(30);
            cell.readBuffer(-5);
            cell.writeBuffer(40);
        }
        EndpointStats stats = endpoint.stats();
        assertThat(stats.opened()).isEqualTo(4);
        assertThat(stats.active()).isEqualTo(2);
        assertThat(stats.received()).isEqualTo(20);
        assertThat(stats.sent()).isEqualTo(40);
        assertThat(stats.readBuffer()).isEqualTo(50);
        assertThat(stats.writeBuffer()).isEqualTo(80);
    }

    @Test
    void countsEndsByReason() {
        Endpoint.Cell cell = endpoint.cell(oneLoop);
        for (CloseReason reason : CloseReason.values()) {
            cell.opened();
            cell.closed(reason);
        }
        cell.opened();
        cell.closed(CloseReason.LOCAL);
        EndpointStats stats = endpoint.stats();
        assertThat(stats.closed(CloseReason.LOCAL)).isEqualTo(2);
        assertThat(stats.closed()).hasSize(CloseReason.values().length);
        assertThat(stats.active()).isZero();
    }

    @Test
    void aReasonThatNeverHappenedIsAbsentAndCountsAsZero() {
        endpoint.cell(oneLoop).opened();
        endpoint.cell(oneLoop).closed(CloseReason.LOCAL);
        assertThat(endpoint.stats().closed()).containsOnlyKeys(CloseReason.LOCAL);
        assertThat(endpoint.stats().closed(CloseReason.ABORTED)).isZero();
    }

    @Test
    void streamsThatNeverOpenedAreCountedBesideThoseThatClosed() {
        endpoint.cell(oneLoop).failed(CloseReason.TLS_FAILED);
        endpoint.cell(otherLoop).failed(CloseReason.TLS_FAILED);
        EndpointStats stats = endpoint.stats();
        assertThat(stats.failed()).containsOnlyKeys(CloseReason.TLS_FAILED);
        assertThat(stats.failed(CloseReason.TLS_FAILED)).isEqualTo(2);
        assertThat(stats.failed(CloseReason.LOCAL)).isZero();
        assertThat(stats.closed()).isEmpty();
        assertThat(stats.active()).isZero();
    }

    @Test
    void refusedWritesAreCounted() {
        endpoint.cell(oneLoop).refusedWrite();
        endpoint.cell(otherLoop).refusedWrite();
        assertThat(endpoint.stats().refusedWrites()).isEqualTo(2);
    }

    @Test
    void statsAreOfTheirMoment() {
        EndpointStats before = endpoint.stats();
        endpoint.cell(oneLoop).opened();
        assertThat(before.opened()).isZero();
        assertThat(endpoint.stats().opened()).isEqualTo(1);
    }
}
