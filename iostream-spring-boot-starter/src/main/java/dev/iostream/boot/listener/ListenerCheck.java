package dev.iostream.boot.listener;

import dev.iostream.boot.StreamListener;
import dev.iostream.boot.listener.ListenerMethod.Parameter;
import dev.iostream.loop.IOLoop;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.ResolvableType;
import org.springframework.util.unit.DataSize;

/** Finds out whether a method can be a listener, and says what to change when it cannot. */
final class ListenerCheck {
    private static final Map<Class<?>, Parameter> PARAMETERS = Map.of(
            String.class, Parameter.TEXT,
            byte[].class, Parameter.BYTES,
            ByteBuffer.class, Parameter.BUFFER,
            IOStream.class, Parameter.STREAM,
            AsyncIOStream.class, Parameter.ASYNC_STREAM);
    private static final Set<Parameter> MESSAGES = Set.of(Parameter.TEXT, Parameter.BYTES, Parameter.BUFFER);
    private static final Set<Class<?>> ANSWERS =
            Set.of(String.class, byte[].class, ByteBuffer.class, void.class, Void.class);
    private static final String EXAMPLE = "Correct the signature, for example: String order(String line).";

    private final ConfigurableListableBeanFactory beans;
    private final String bean;
    private final Method method;
    private final StreamListener listener;

    ListenerCheck(ConfigurableListableBeanFactory beans, String bean, Method method, StreamListener listener) {
        this.beans = beans;
        this.bean = bean;
        this.method = method;
        this.listener = listener;
    }

    /**
     * The method as a listener.
     *
     * @throws FailureAnalyzedException when it cannot be one
     */
    ListenerMethod check() {
        String executor = executor();
        List<Parameter> parameters = parameters();
        if (executor != null && parameters.contains(Parameter.STREAM)) {
            throw unfit(
                    "it takes an IOStream, which is confined to its loop, and runs on executor '" + executor + "'",
                    "Take an AsyncIOStream instead, which any thread may use, or remove the executor.");
        }
        requireAnswer();
        Charset charset = charset();
        return new ListenerMethod(bean, method, parameters, framing(charset), charset, executor);
    }

    private List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            Parameter parameter = PARAMETERS.get(type);
            if (parameter == null) {
                throw unfit(
                        "parameter " + (parameters.size() + 1) + " is a " + type.getSimpleName()
                                + ", and only String, byte[] or ByteBuffer for the message and IOStream or AsyncIOStream"
                                + " for the stream can be given",
                        EXAMPLE);
            }
            parameters.add(parameter);
        }
        long messages = parameters.stream().filter(MESSAGES::contains).count();
        if (messages != 1) {
            throw unfit(
                    messages == 0 ? "it takes no message" : "it takes more than one message",
                    "Let it take one String, byte[] or ByteBuffer.");
        }
        return List.copyOf(parameters);
    }

    private void requireAnswer() {
        ResolvableType type = ResolvableType.forMethodReturnType(method);
        ResolvableType stage = type.as(CompletionStage.class);
        Class<?> answer = stage == ResolvableType.NONE
                ? type.resolve()
                : stage.getGeneric(0).resolve();
        // what a stage of anything completes with is seen when it does
        boolean anything = answer == null || (stage != ResolvableType.NONE && answer == Object.class);
        if (!anything && !ANSWERS.contains(answer)) {
            throw unfit(
                    "it answers with a " + answer.getSimpleName()
                            + ", and only String, byte[], ByteBuffer, a CompletionStage of these, or nothing can be sent",
                    EXAMPLE);
        }
    }

    private Framing framing(Charset charset) {
        List<String> set = new ArrayList<>();
        if (!listener.until().isEmpty()) {
            set.add("until");
        }
        if (listener.bytes() != 0) {
            set.add("bytes");
        }
        if (!listener.pattern().isEmpty()) {
            set.add("pattern");
        }
        if (set.size() != 1) {
            throw unfit(
                    set.isEmpty()
                            ? "nothing says where a message ends"
                            : "more than one thing says where a message ends: " + String.join(" and ", set),
                    "Set one of until, bytes and pattern in @StreamListener.");
        }
        if (!listener.until().isEmpty()) {
            byte[] delimiter = listener.until().getBytes(charset);
            return new Framing.Delimited(delimiter, maxBytes(delimiter.length), listener.delimitAnswers());
        }
        if (listener.bytes() != 0) {
            if (listener.bytes() < 0) {
                throw unfit("bytes is " + listener.bytes(), "Set bytes in @StreamListener to a number from 1 on.");
            }
            return new Framing.Fixed(listener.bytes());
        }
        return new Framing.Matched(pattern(), maxBytes(1));
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(listener.pattern());
        } catch (PatternSyntaxException e) {
            throw unfit(
                    "pattern '" + listener.pattern() + "' is none: " + e.getDescription() + " near index "
                            + e.getIndex(),
                    "Correct pattern in @StreamListener.");
        }
    }

    private int maxBytes(int least) {
        String text = resolved(listener.maxBytes());
        long bytes;
        try {
            bytes = DataSize.parse(text).toBytes();
        } catch (IllegalArgumentException e) {
            throw wrongSize(text, least);
        }
        if (bytes < least || bytes > Integer.MAX_VALUE) {
            throw wrongSize(text, least);
        }
        return (int) bytes;
    }

    private FailureAnalyzedException wrongSize(String text, int least) {
        return unfit(
                "maxBytes is '" + text + "'",
                "Set maxBytes in @StreamListener to a size of at least " + least
                        + "B and less than 2GB, such as 64KB.");
    }

    private Charset charset() {
        try {
            return Charset.forName(listener.charset());
        } catch (IllegalArgumentException e) {
            throw unfit(
                    "there is no charset '" + listener.charset() + "' here",
                    "Set charset in @StreamListener to one that there is, such as ISO-8859-1.");
        }
    }

    private @Nullable String executor() {
        String name = resolved(listener.executor());
        if (name.isEmpty()) {
            return null;
        }
        if (!beans.containsBean(name) || !beans.isTypeMatch(name, Executor.class)) {
            List<String> executors = new ArrayList<>(List.of(beans.getBeanNamesForType(Executor.class, true, false)));
            // executors by their type, but none for work that blocks
            executors.removeIf(each -> beans.isTypeMatch(each, IOLoop.class));
            throw unfit(
                    "there is no Executor bean '" + name + "'",
                    "Set executor in @StreamListener to one that there is"
                            + (executors.isEmpty() ? "." : ": " + String.join(", ", executors) + "."));
        }
        return name;
    }

    private String resolved(String text) {
        return String.valueOf(beans.resolveEmbeddedValue(text));
    }

    private FailureAnalyzedException unfit(String why, String action) {
        return new FailureAnalyzedException(
                "Method " + ListenerMethod.describe(method) + " of bean '" + bean + "' cannot be a @StreamListener: "
                        + why + ".",
                action);
    }
}
