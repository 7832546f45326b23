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
        for (Delivery next = lane.nextCallback(); next != null; next = lane.nextCallback()) {
            next.run();
        }
    }

    @Test
    void anEmptyLaneHasNothingToGive() {
        assertThat(lane.hasCallbacks()).isFalse();
        assertThat(lane.nextCallback()).isNull();
    }

    @Test
    void callbacksComeInTheOrderInWhichTheyWerePosted() throws Exception {
        post("a");
        post("b");
        post("c");
        assertThat(lane.hasCallbacks()).isTrue();
        assertThat(events).isEmpty();
        runAll();
        assertThat(events).containsExactly("a", "b", "c");
        assertThat(lane.hasCallbacks()).isFalse();
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
        assertThat(lane.nextCallback().next).isNull();
    }
}
