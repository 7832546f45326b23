/** Servers as the manual of Vert.x shows them. */
package dev.iostream.benchmarks.peer.vertx;
