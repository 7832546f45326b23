package dev.iostream.loop;

/** Is told, on the loop's thread, that something it watches may be ready. */
@FunctionalInterface
public interface ReadyHandler {
    /** Something may be ready: a hint, of which only a call that makes no progress is the disproof. */
    void ready(int interest);
}
