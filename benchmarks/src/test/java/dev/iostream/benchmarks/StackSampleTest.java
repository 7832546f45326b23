package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StackSampleTest {
    private final List<StackSample> samples = new ArrayList<>();
    private final Map<String, Double> cpuTime = new HashMap<>(Map.of("loop", 0.9, "console", 0.0));

    @Test
    void sharesAreOfAllSamplesOfTheLoop() throws Exception {
        saw(30, "loop", false, "Reader.find");
        saw(10, "loop", false, "Writer.write");

        assertShare("Reader.find", 75);
        assertShare("Writer.write", 25);
    }

    @Test
    void nativeSamplesCountForTheLooksThatWentToThreadsThatWait() throws Exception {
        // 140 looks, at 105 of which the loop was in the kernel; but at 80 of them it was another's turn
        saw(35, "loop", false, "Reader.find");
        saw(60, "loop", true, "Channel.write0");
        saw(80, "console", true, "Stream.readBytes");

        assertShare("Channel.write0 (native)", 75);
    }

    @Test
    void nativeSamplesOfALoopAloneCountAsTheyAre() throws Exception {
        saw(20, "loop", false, "Reader.find");
        saw(60, "loop", true, "Channel.write0");

        assertShare("Channel.write0 (native)", 75);
    }

    @Test
    void threadsThatOnlyWaitOrHardlyWorkAreNoLoops() throws Exception {
        saw(99, "loop", false, "Reader.find");
        saw(1, "timer", false, "Timer.run");
        cpuTime.put("timer", 0.01);
        saw(50, "console", true, "Stream.readBytes");

        assertThat(StackSample.profile(samples, cpuTime).amounts()).containsOnlyKeys("Reader.find");
    }

    @Test
    void severalLoopsAreSeenAsOne() throws Exception {
        cpuTime.putAll(Map.of("loop-1", 0.3, "loop-2", 0.6));
        saw(30, "loop-1", false, "Reader.find");
        saw(30, "loop-2", false, "Reader.find");
        saw(40, "loop-2", false, "Writer.write");

        assertShare("Reader.find", 60);
    }

    @Test
    void aLoopThatIsInTheKernelWheneverItIsSeenIsOne() throws Exception {
        saw(30, "loop", true, "Channel.read0");
        saw(10, "loop", true, "Poller.wait");
        saw(40, "console", true, "Stream.readBytes");

        assertShare("Channel.read0 (native)", 75);
    }

    @Test
    void withoutALoopAtWorkThereIsNoProfile() {
        saw(50, "console", true, "Stream.readBytes");

        assertThatThrownBy(() -> StackSample.profile(samples, cpuTime))
                .isInstanceOf(IOException.class)
                .hasMessage("none of 50 samples is of a thread at work");
    }

    private void saw(int times, String thread, boolean inNative, String frame) {
        samples.addAll(Collections.nCopies(times, new StackSample(thread, inNative, frame)));
    }

    private void assertShare(String name, double percent) throws Exception {
        assertThat(StackSample.profile(samples, cpuTime).amount(name)).isCloseTo(percent, within(1e-9));
    }
}
