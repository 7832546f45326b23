package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GlobalLoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @AfterEach
    void close() {
        IOLoop.instance().close();
    }

    @Test
    void thereIsOneForAllThreads() throws InterruptedException {
        Set<IOLoop> seen = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        var together = new CountDownLatch(1);
        var threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                try {
                    together.await();
                    seen.add(IOLoop.instance());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            threads[i].start();
        }
        together.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(seen).containsExactly(IOLoop.instance());
    }

    @Test
    void itsCallerStartsIt() {
        IOLoop loop = IOLoop.instance();
        assertThat(loop.running()).isFalse();
        loop.runSync(LIMIT, loop::stop);
        assertThat(IOLoop.instance()).isSameAs(loop);
    }

    @Test
    void afterItWasClosedThereIsANewOne() {
        IOLoop former = IOLoop.instance();
        former.close();
        IOLoop next = IOLoop.instance();
        assertThat(next).isNotSameAs(former);
        next.runSync(LIMIT, () -> {
            next.close();
            assertThat(IOLoop.instance()).as("while it closes").isNotSameAs(next);
        });
    }
}
