/** Servers as good users of Netty write them. */
package dev.iostream.benchmarks.peer.netty;
