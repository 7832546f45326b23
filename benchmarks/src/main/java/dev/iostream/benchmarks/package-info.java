/** Runs line-echo servers side by side on one machine and compares what a message costs. Knows the peers by their main class only. */
package dev.iostream.benchmarks;
