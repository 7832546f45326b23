package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClassHistogramTest {
    private static final List<String> BEFORE = """
            4711:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:           100           8000  [B (java.base@17.0.15)
               2:            50           2000  java.util.HashMap$Node (java.base@17.0.15)
               3:             1             64  dev.iostream.Gone
            Total           151          10064
            """.lines().toList();

    private static final List<String> HELD = """
               1:           300          24000  [B (java.base@25)
               2:            50           2000  java.util.HashMap$Node (java.base@25)
               3:            10            480  [Ljava.lang.Object; (java.base@25)
               4:            10            160  dev.iostream.Echo$$Lambda$14/0x0000000800c03000
               5:            10            240  dev.iostream.Echo$$Lambda/0x000000002b0a1c48
            """.lines().toList();

    @Test
    void readsBytesByTheNamesThatPeopleKnow() throws Exception {
        assertThat(ClassHistogram.parse(HELD).bytes())
                .isEqualTo(Map.of("byte[]", 24_000L, "HashMap.Node", 2000L, "Object[]", 480L, "Echo.lambda", 400L));
    }

    @Test
    void showsWhatHasGrownForEachConnection() throws Exception {
        Profile growth = ClassHistogram.parse(HELD).since(ClassHistogram.parse(BEFORE), 10);

        assertThat(growth.kind()).isEqualTo(Profile.Kind.MEMORY);
        assertThat(growth.amounts())
                .isEqualTo(Map.of("byte[]", 1600.0, "Object[]", 48.0, "Echo.lambda", 40.0, "Gone", -6.4));
    }

    @Test
    void saysWhatTheJvmSaidWhenThatIsNoHistogram() {
        assertThatThrownBy(() -> ClassHistogram.parse(List.of("4711:", "Not now")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Not now");
    }
}
