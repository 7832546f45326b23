/**
 * Line-echo servers to compare, each in the idiom of its own library.
 *
 * <p>Each has a {@code main} that takes a port, listens on loopback, prints {@code ready} and the port it got, and
 * serves on one thread until it is ended.
 */
package dev.iostream.benchmarks.peer;
