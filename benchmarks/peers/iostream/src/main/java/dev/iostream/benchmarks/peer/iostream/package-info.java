/** Servers as users of iostream-core write them. */
package dev.iostream.benchmarks.peer.iostream;
