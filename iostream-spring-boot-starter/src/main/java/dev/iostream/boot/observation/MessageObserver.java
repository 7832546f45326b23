package dev.iostream.boot.observation;

import dev.iostream.boot.listener.StreamListenerInterceptor;
import dev.iostream.boot.listener.StreamMessage;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;

/**
 * Observes each message that a listener handles, until it has answered: when the method returns, or when the future that it
 * returns completes. The next message of the stream is read outside of that.
 */
public final class MessageObserver implements StreamListenerInterceptor, Ordered {
    private static final ServerMessageObservationConvention DEFAULT = new DefaultServerMessageObservationConvention();

    private final ObservationRegistry registry;
    private final @Nullable ServerMessageObservationConvention convention;

    /**
     * Observes with that registry.
     *
     * @param convention in place of the default; null for the default
     */
    public MessageObserver(ObservationRegistry registry, @Nullable ServerMessageObservationConvention convention) {
        this.registry = registry;
        this.convention = convention;
    }

    @Override
    public @Nullable Object around(StreamMessage message, Call next) throws Exception {
        Observation observation = IOStreamObservations.SERVER_MESSAGE.start(
                convention, DEFAULT, () -> new ServerMessageContext(message), registry);
        Object answer;
        try {
            answer = observation.scopedChecked(next::proceed);
        } catch (Throwable failure) {
            observation.stop();
            throw failure;
        }
        if (answer instanceof CompletionStage<?> later) {
            return later.whenComplete((value, failure) -> end(observation, failure));
        }
        observation.stop();
        return answer;
    }

    private static void end(Observation observation, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            observation.error(cause);
        }
        observation.stop();
    }

    /** Before others, so that what they do is a part of it. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 100;
    }
}
