package dev.iostream.boot.listener;

import org.jspecify.annotations.Nullable;

/**
 * Stands around each call of a {@link dev.iostream.boot.StreamListener} method, for observations, transactions or limits.
 * Beans of this type are called in their order, on the thread that runs the method.
 */
@FunctionalInterface
public interface StreamListenerInterceptor {
    /**
     * Goes on with {@code next}, or not.
     *
     * @return what the method has returned, which may be a {@link java.util.concurrent.CompletionStage} that completes with
     *     the answer; or another answer
     * @throws Exception closes the stream as what the method throws does
     */
    @Nullable
    Object around(StreamMessage message, Call next) throws Exception;

    /** The rest of the way to the method, and the method. To be called once at most. */
    @FunctionalInterface
    interface Call {
        /** What the method returns. */
        @Nullable
        Object proceed() throws Exception;
    }
}
