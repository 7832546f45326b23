package dev.iostream.boot.listener;

import dev.iostream.event.StreamInfo;
import java.lang.reflect.Method;

/**
 * A message on its way to a listener.
 *
 * @param server the name of the server that it came to
 * @param method what handles it
 * @param stream the stream as it was when it opened
 * @param bytes how long the message is, without what ends it
 */
public record StreamMessage(String server, Method method, StreamInfo stream, int bytes) {}
