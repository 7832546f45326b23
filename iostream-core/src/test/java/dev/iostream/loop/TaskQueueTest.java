package dev.iostream.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TaskQueueTest {
    private final TaskQueue tasks = new TaskQueue();
    private final List<String> events = new ArrayList<>();

    private void add(String event) {
        assertThat(tasks.add(() -> events.add(event))).isTrue();
    }

    private void drain() {
        tasks.drain(Runnable::run);
    }

    @Test
    void tasksRunInTheOrderInWhichTheyCame() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            add("task " + i);
            expected.add("task " + i);
        }
        assertThat(tasks.size()).isEqualTo(10_000);
        drain();
        assertThat(events).isEqualTo(expected);
        assertThat(tasks.size()).isZero();
    }

    @Test
    void tasksAddedByTasksRunAtTheNextDrain() {
        tasks.add(() -> {
            events.add("first");
            add("later");
        });
        add("second");
        drain();
        assertThat(events).containsExactly("first", "second");
        assertThat(tasks.size()).isEqualTo(1);
        drain();
        assertThat(events).containsExactly("first", "second", "later");
    }

    @Test
    void aClosedQueueRefusesTasksAndKeepsThoseItHas() {
        add("accepted");
        tasks.close();
        assertThat(tasks.add(() -> events.add("refused"))).isFalse();
        assertThat(tasks.size()).isEqualTo(1);
        drain();
        assertThat(events).containsExactly("accepted");
    }

    @Test
    void aDrainWithinADrainLosesNothing() {
        tasks.add(() -> {
            events.add("outer");
            add("inner");
            drain();
            add("late 1");
            add("late 2");
        });
        add("outer 2");
        add("outer 3");
        drain();
        drain();
        assertThat(events).containsExactlyInAnyOrder("outer", "inner", "outer 2", "outer 3", "late 1", "late 2");
    }

    @Test
    void everyTaskOfSeveralThreadsRunsOnceAndInTheOrderOfItsThread() throws InterruptedException {
        int producers = 4;
        int each = 50_000;
        var lastOf = new int[producers];
        var outOfOrder = new AtomicInteger();
        var ended = new CountDownLatch(producers);
        for (int p = 0; p < producers; p++) {
            int producer = p;
            new Thread(() -> {
                        for (int i = 1; i <= each; i++) {
                            int number = i;
                            tasks.add(() -> {
                                if (number != ++lastOf[producer]) {
                                    outOfOrder.incrementAndGet();
                                }
                            });
                        }
                        ended.countDown();
                    })
                    .start();
        }
        while (!ended.await(0, TimeUnit.SECONDS)) {
            drain();
        }
        drain();
        assertThat(outOfOrder).hasValue(0);
        assertThat(lastOf).containsOnly(each);
    }

    @Test
    void tasksAddedWhileTheQueueClosesRunOrAreRefused() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            var queue = new TaskQueue();
            var ran = new AtomicInteger();
            var accepted = new AtomicInteger();
            var producer = new Thread(() -> {
                while (queue.add(ran::incrementAndGet)) {
                    accepted.incrementAndGet();
                }
            });
            producer.start();
            for (int i = 0; i < round; i++) {
                queue.drain(Runnable::run);
            }
            queue.close();
            producer.join();
            queue.drain(Runnable::run);
            assertThat(ran.get()).as("round %d", round).isEqualTo(accepted.get());
        }
    }
}
