package dev.iostream.boot.listener;

import dev.iostream.stream.IOStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method that has been found fit to be a listener.
 *
 * @param bean the name of its bean
 * @param method the method, to be called on the bean
 * @param parameters what its parameters take, in their order
 * @param framing where messages end
 * @param charset of messages and answers that are text
 * @param executor the name of the executor's bean that runs it, or null for the loop
 */
record ListenerMethod(
        String bean,
        Method method,
        List<Parameter> parameters,
        Framing framing,
        Charset charset,
        @Nullable String executor) {
    /** What a parameter takes. */
    enum Parameter {
        /** The message in the listener's charset. */
        TEXT,
        /** The message in an array of its own. */
        BYTES,
        /** The message in a buffer of its own. */
        BUFFER,
        /** The stream. */
        STREAM,
        /** The stream with futures, for any thread. */
        ASYNC_STREAM
    }

    /** The arguments for one message. On the loop. */
    @Nullable
    Object[] arguments(IOStream stream, byte[] read) {
        int length = framing.length(read);
        Object[] arguments = new Object[parameters.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = switch (parameters.get(i)) {
                case TEXT -> new String(read, 0, length, charset);
                case BYTES -> length == read.length ? read : Arrays.copyOf(read, length);
                case BUFFER -> ByteBuffer.wrap(read, 0, length).slice();
                case STREAM -> stream;
                case ASYNC_STREAM -> stream.async();
            };
        }
        return arguments;
    }

    /** Calls the method, and throws what it throws. */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments) throws Exception {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw thrown instanceof Exception exception ? exception : e;
        }
    }

    /** The method as messages show it. */
    static String describe(Method method) {
        String parameters = Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
        return method.getDeclaringClass().getName() + "." + method.getName() + "(" + parameters + ")";
    }

    @Override
    public String toString() {
        return describe(method);
    }
}
