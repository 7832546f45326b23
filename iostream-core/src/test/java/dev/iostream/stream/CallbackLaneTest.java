package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallbackLaneTest {
    private final CallbackLane lane = new CallbackLane();
    private final List<String> events = new ArrayList<>();

    private void post(String event) {
        lane.post(Delivery.of(() -> events.add(event)));
    }

    private void runAll() throws Exception {
        for (Delivery next = lane.poll(); next != null; next = lane.poll()) {
            next.run();
        }
    }

    @Test
    void anEmptyLaneHasNothingToGive() {
        assertThat(lane.isEmpty()).isTrue();
        assertThat(lane.poll()).isNull();
    }

    @Test
    void callbacksComeInTheOrderInWhichTheyWerePosted() throws Exception {
        post("a");
        post("b");
        post("c");
        assertThat(lane.isEmpty()).isFalse();
        assertThat(events).isEmpty();
        runAll();
        assertThat(events).containsExactly("a", "b", "c");
        assertThat(lane.isEmpty()).isTrue();
    }

    @Test
    void whatIsPostedWhileOneRunsComesAfterThoseThatWait() throws Exception {
        lane.post(Delivery.of(() -> {
            events.add("a");
            post("c");
        }));
        post("b");
        runAll();
        assertThat(events).containsExactly("a", "b", "c");
    }

    @Test
    void aLaneThatHasRunDryIsFilledAgain() throws Exception {
        post("a");
        runAll();
        post("b");
        runAll();
        assertThat(events).containsExactly("a", "b");
    }

    @Test
    void aDeliveryThatWasTakenIsLinkedToNoOther() {
        post("a");
        post("b");
        assertThat(lane.poll().next).isNull();
    }
}
