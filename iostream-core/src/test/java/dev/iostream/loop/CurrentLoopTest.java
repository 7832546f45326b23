package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurrentLoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void isTheOneThatTheThreadRunsAndNoneBeforeAndAfter() {
        var loop = new IOLoop();
        List<IOLoop> seen = new ArrayList<>();
        assertThat(IOLoop.current()).isNull();
        loop.runSync(LIMIT, () -> {
            seen.add(IOLoop.current());
            loop.close();
            loop.addCallback(() -> seen.add(IOLoop.current()));
        });
        assertThat(seen).containsExactly(loop, loop);
        assertThat(IOLoop.current()).isNull();
    }

    @Test
    void isTheInnerOneOfTwo() {
        var outer = new IOLoop();
        var inner = new IOLoop();
        List<IOLoop> seen = new ArrayList<>();
        outer.runSync(LIMIT, () -> {
            inner.runSync(LIMIT, () -> {
                seen.add(IOLoop.current());
                inner.stop();
            });
            seen.add(IOLoop.current());
            outer.stop();
        });
        assertThat(seen).containsExactly(inner, outer);
        outer.close();
        inner.close();
    }
}
