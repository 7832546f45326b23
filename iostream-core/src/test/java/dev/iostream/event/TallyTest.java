package dev.iostream.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally();

    @Test
    void startsAtZero() {
        assertThat(tally.get()).isZero();
    }

    @Test
    void addsAndTakesAway() {
        tally.add(5);
        tally.add(-2);
        assertThat(tally.get()).isEqualTo(3);
        assertThat(tally).hasToString("3");
    }

    @Test
    void setReplacesTheValue() {
        tally.add(5);
        tally.set(-7);
        assertThat(tally.get()).isEqualTo(-7);
    }

    @Test
    void anotherThreadSeesTheValueGrowAndItsEnd() throws InterruptedException {
        int count = 1_000_000;
        var writer = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                tally.add(1);
            }
        });
        writer.start();
        long last = 0;
        while (last < count) {
            long seen = tally.get();
            assertThat(seen).isGreaterThanOrEqualTo(last);
            last = seen;
        }
        writer.join();
        assertThat(tally.get()).isEqualTo(count);
    }
}
