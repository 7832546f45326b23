package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmCountersTest {
    @Test
    void whatIsNotOfTheJvmIsTheCode() throws Exception {
        var counters = JvmCounters.parse(List.of(
                "4711:",
                "sun.cls.classInitTime.self=500000000",
                "java.property.java.version=\"17\"",
                "sun.cls.classVerifyTime=900000000",
                "sun.cls.classVerifyTime.self=250000000",
                "sun.os.hrt.frequency=1000000000"));

        Profile profile = counters.profile(2000);

        assertThat(profile.amounts())
                .containsEntry("static initializers", 500.0)
                .containsEntry("verifying classes", 250.0)
                .containsEntry("running code, and the rest", 1250.0);
        assertThat(profile.total()).isEqualTo(2000);
        assertThat(Profile.mean(List.of(profile, counters.profile(3000))).amounts())
                .containsEntry("static initializers", 500.0)
                .containsEntry("running code, and the rest", 1750.0);
    }

    @Test
    void anAnswerWithoutCountersIsAnError() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> JvmCounters.parse(List.of("4711:", "Unknown command")))
                .withMessageContaining("Unknown command");
    }
}
