package dev.iostream.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page about the original names methods that there are. */
class MovingPageTest {
    private static final Map<String, Class<?>> TYPES =
            Map.of("stream", IOStream.class, "IOStream", IOStream.class, "loop", IOLoop.class, "IOLoop", IOLoop.class);

    private static final Pattern CALL = Pattern.compile("\\b(stream|IOStream|loop|IOLoop)\\.(\\w+)\\(([^()]*)\\)");

    static List<MatchResult> calls() {
        List<MatchResult> calls = CALL.matcher(
                        DocumentationTest.read(DocumentationTest.GUIDE.resolve("moving-from-turbo.md")))
                .results()
                .toList();
        assertThat(calls).hasSizeGreaterThan(20);
        return calls;
    }

    @ParameterizedTest
    @MethodSource("calls")
    void theMethodIsThere(MatchResult call) {
        Class<?> type = TYPES.get(call.group(1));
        int parameters = call.group(3).isEmpty() ? 0 : call.group(3).split(",").length;

        assertThat(Arrays.asList(type.getMethods()))
                .as(call.group())
                .anyMatch(method -> method.getName().equals(call.group(2)) && method.getParameterCount() == parameters);
    }
}
