package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {
    private final SegmentPool pool = new SegmentPool();

    private List<ByteBuffer> takeAll() {
        List<ByteBuffer> taken = new ArrayList<>();
        for (ByteBuffer segment = pool.take(); segment != null; segment = pool.take()) {
            taken.add(segment);
        }
        return taken;
    }

    @Test
    void aSegmentIsDirectAndEmpty() {
        ByteBuffer segment = pool.take();
        assertThat(segment.isDirect()).isTrue();
        assertThat(segment.remaining()).isEqualTo(SegmentPool.SEGMENT);
    }

    @Test
    void noMoreThanAMebibyteIsEverMade() {
        List<ByteBuffer> all = takeAll();
        assertThat(all.size() * (long) SegmentPool.SEGMENT).isBetween(1L, 1024L * 1024);
        assertThat(pool.take()).isNull();
        pool.give(all.get(0));
        assertThat(pool.take()).isSameAs(all.get(0));
        assertThat(pool.take()).isNull();
    }

    @Test
    void aSegmentThatWasGivenBackIsTakenBeforeANewOneIsMade() {
        ByteBuffer first = pool.take();
        pool.give(first);
        assertThat(pool.take()).isSameAs(first);
    }

    @Test
    void aSegmentComesBackEmptyHoweverItWasGiven() {
        ByteBuffer segment = pool.take();
        segment.putLong(1).flip().get();
        pool.give(segment);
        assertThat(pool.take().remaining()).isEqualTo(SegmentPool.SEGMENT);
    }
}
