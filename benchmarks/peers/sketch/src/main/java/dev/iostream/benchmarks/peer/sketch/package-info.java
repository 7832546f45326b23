/** Servers by hand on one selector: they stand for what the JDK allows. */
package dev.iostream.benchmarks.peer.sketch;
