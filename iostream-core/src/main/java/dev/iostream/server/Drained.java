package dev.iostream.server;

/**
 * How a drain went.
 *
 * @param ended connections that ended before the deadline: by themselves, by their handler or because they were idle
 * @param forced connections that the deadline closed
 */
public record Drained(long ended, long forced) {}
