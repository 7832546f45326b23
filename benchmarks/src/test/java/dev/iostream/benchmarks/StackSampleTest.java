package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackSampleTest {
    private final List<StackSample> samples = new ArrayList<>();

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
        saw(50, "console", true, "Stream.readBytes");

        assertThat(StackSample.profile(samples).amounts()).containsOnlyKeys("Reader.find");
    }

    @Test
    void severalLoopsAreSeenAsOne() throws Exception {
        saw(30, "loop-1", false, "Reader.find");
        saw(30, "loop-2", false, "Reader.find");
        saw(40, "loop-2", false, "Writer.write");

        assertShare("Reader.find", 60);
    }

    @Test
    void withoutALoopAtWorkThereIsNoProfile() {
        saw(50, "console", true, "Stream.readBytes");

        assertThatThrownBy(() -> StackSample.profile(samples))
                .isInstanceOf(IOException.class)
                .hasMessage("none of 50 samples shows a thread at work in Java");
    }

    private void saw(int times, String thread, boolean inNative, String frame) {
        samples.addAll(Collections.nCopies(times, new StackSample(thread, inNative, frame)));
    }

    private void assertShare(String name, double percent) throws Exception {
        assertThat(StackSample.profile(samples).amount(name)).isCloseTo(percent, within(1e-9));
    }
}
