package dev.iostream.boot.autoconfigure;

import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/** A handler that is one bean for all streams, looked up when the first one comes. */
final class SharedHandlerBean implements StreamHandler {
    private final BeanFactory beans;
    private final String name;
    private volatile @Nullable StreamHandler handler;

    SharedHandlerBean(BeanFactory beans, String name) {
        this.beans = beans;
        this.name = name;
    }

    @Override
    public void handle(IOStream stream) throws Exception {
        handler().handle(stream);
    }

    @Override
    public void drain(IOStream stream) throws Exception {
        handler().drain(stream);
    }

    private StreamHandler handler() {
        StreamHandler found = handler;
        if (found == null) {
            found = beans.getBean(name, StreamHandler.class);
            handler = found;
        }
        return found;
    }
}
