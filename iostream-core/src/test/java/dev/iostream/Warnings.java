package dev.iostream;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps the warnings that one class logs, until it is closed. */
public final class Warnings extends Handler {
    private final Logger logger;
    private final List<String> messages = new CopyOnWriteArrayList<>();

    /** Those of that class from now on. */
    public Warnings(Class<?> source) {
        logger = Logger.getLogger(source.getName());
        logger.addHandler(this);
    }

    /** What was logged so far. */
    public List<String> messages() {
        return messages;
    }

    @Override
    public void publish(LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            messages.add(logged.getMessage());
        }
    }

    @Override
    public void flush() {
        // holds nothing back
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
