package dev.iostream.boot.autoconfigure;

import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import org.springframework.beans.factory.BeanFactory;

/** A handler that is a bean of its own for each stream, which it also brings to its end. */
final class HandlerBeanOfEachStream implements StreamHandler {
    private final BeanFactory beans;
    private final String name;

    HandlerBeanOfEachStream(BeanFactory beans, String name) {
        this.beans = beans;
        this.name = name;
    }

    @Override
    public void handle(IOStream stream) throws Exception {
        StreamHandler handler = beans.getBean(name, StreamHandler.class);
        stream.setAttribute(Own.class, new Own(handler));
        handler.handle(stream);
    }

    @Override
    public void drain(IOStream stream) throws Exception {
        Own own = stream.attribute(Own.class);
        if (own == null) {
            StreamHandler.super.drain(stream);
        } else {
            own.handler.drain(stream);
        }
    }

    /** The handler of one stream; a type of its own, so that no attribute of an application is taken for it. */
    private record Own(StreamHandler handler) {}
}
