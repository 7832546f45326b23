/** A server as the manual of Spring Integration shows it. */
package dev.iostream.benchmarks.peer.integration;
