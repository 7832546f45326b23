/** Spring Boot applications, with the starter and without it. */
package dev.iostream.benchmarks.peer.starter;
