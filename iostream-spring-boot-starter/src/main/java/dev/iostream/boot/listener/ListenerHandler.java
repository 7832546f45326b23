package dev.iostream.boot.listener;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hands the messages of a server's streams to a listener, one after the other for each stream, and sends its answers. */
final class ListenerHandler implements StreamHandler {
    private final String server;
    private final ListenerMethod method;
    private final Supplier<Object> target;
    private final Supplier<? extends Executor> executor;
    private final Supplier<List<StreamListenerInterceptor>> interceptors;
    private final byte[] end;

    /**
     * A handler.
     *
     * @param target gives the bean for a stream
     * @param executor gives what runs the method, if it is not the loop
     * @param interceptors gives what stands around it
     */
    ListenerHandler(
            String server,
            ListenerMethod method,
            Supplier<Object> target,
            Supplier<? extends Executor> executor,
            Supplier<List<StreamListenerInterceptor>> interceptors) {
        this.server = server;
        this.method = method;
        this.target = target;
        this.executor = executor;
        this.interceptors = interceptors;
        this.end = method.framing().end();
    }

    @Override
    public void handle(IOStream stream) {
        var conversation = new Conversation(stream, target.get());
        stream.setAttribute(Conversation.class, conversation);
        conversation.next();
    }

    @Override
    public void drain(IOStream stream) {
        Conversation conversation = stream.attribute(Conversation.class);
        if (conversation == null) {
            stream.close(CloseReason.DRAINED);
        } else {
            conversation.drain();
        }
    }

    /** One stream's messages. Confined to its loop, but for the calls of the method on an executor. */
    private final class Conversation {
        private final IOStream stream;
        private final Object bean;
        private final StreamInfo opened;
        private boolean busy;
        private boolean draining;

        Conversation(IOStream stream, Object bean) {
            this.stream = stream;
            this.bean = bean;
            this.opened = stream.info();
        }

        void next() {
            if (!stream.closed()) {
                method.framing().read(stream, this::received);
            }
        }

        private void received(byte[] read) {
            busy = true;
            @Nullable Object[] arguments = method.arguments(stream, read);
            int length = method.framing().length(read);
            if (method.executor() == null) {
                call(length, arguments);
            } else {
                try {
                    executor.get().execute(() -> call(length, arguments));
                } catch (RejectedExecutionException e) {
                    failed(e);
                }
            }
        }

        /** On the loop, or on a thread of the executor. */
        private void call(int length, @Nullable Object[] arguments) {
            try {
                Object result = intercepted(length, arguments);
                if (result instanceof CompletionStage<?> stage) {
                    stage.whenComplete((answer, failure) -> onLoop(() -> completed(answer, failure)));
                } else {
                    onLoop(() -> answered(result));
                }
            } catch (Throwable e) {
                onLoop(() -> failed(e));
            }
        }

        private @Nullable Object intercepted(int length, @Nullable Object[] arguments) throws Exception {
            StreamListenerInterceptor.Call call = () -> method.call(bean, arguments);
            List<StreamListenerInterceptor> all = interceptors.get();
            if (all.isEmpty()) {
                return call.proceed();
            }
            var message = new StreamMessage(server, method.method(), opened, length);
            for (int i = all.size() - 1; i >= 0; i--) {
                StreamListenerInterceptor each = all.get(i);
                StreamListenerInterceptor.Call next = call;
                call = () -> each.around(message, next);
            }
            return call.proceed();
        }

        private void onLoop(Runnable task) {
            if (stream.loop().inLoop()) {
                task.run();
                return;
            }
            try {
                stream.loop().addCallback(task);
            } catch (RejectedExecutionException e) {
                // the loop has closed, and the stream with it: nobody is left to be answered
                assert stream.closed();
            }
        }

        private void completed(@Nullable Object answer, @Nullable Throwable failure) {
            if (failure == null) {
                answered(answer);
            } else {
                failed(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        }

        private void answered(@Nullable Object answer) {
            busy = false;
            if (stream.closed()) {
                return;
            }
            try {
                boolean writable = answer == null || write(answer);
                if (draining && stream.bufferedBytes() == 0) {
                    stream.close(CloseReason.DRAINED);
                } else if (writable) {
                    next();
                } else {
                    stream.onWritable(this::next);
                }
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        private boolean write(Object answer) {
            boolean writable;
            if (answer instanceof String text) {
                writable = stream.write(text.getBytes(method.charset()));
            } else if (answer instanceof byte[] bytes) {
                writable = stream.write(bytes);
            } else if (answer instanceof ByteBuffer buffer) {
                writable = stream.write(buffer);
            } else {
                throw new IllegalStateException("The answer of " + method + " must be a String, a byte[] or a"
                        + " ByteBuffer, was a " + answer.getClass().getName());
            }
            return end.length == 0 ? writable : stream.write(end);
        }

        private void failed(Throwable failure) {
            busy = false;
            stream.callbackFailed(failure);
        }

        /** Ends the stream when what has come is answered, or at once when nothing has. */
        void drain() {
            draining = true;
            if (!busy && stream.bufferedBytes() == 0) {
                stream.close(CloseReason.DRAINED);
            }
        }
    }
}
