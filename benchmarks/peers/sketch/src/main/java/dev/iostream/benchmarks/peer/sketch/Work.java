package dev.iostream.benchmarks.peer.sketch;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** What is done with each connection. */
interface Work {
    Connection on(SocketChannel channel, SelectionKey key);
}
