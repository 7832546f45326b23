package dev.iostream.loop;

/** Is told of tasks and callbacks that threw. The loop goes on whatever it does. */
@FunctionalInterface
public interface LoopExceptionHandler {
    /** Something that ran on the loop's thread threw. */
    void failed(Throwable failure);
}
