/**
 * What the measured servers and the harness agree on: the jobs, the command line, what a server says when it is ready
 * and what it can be asked. Knows nothing of any library that is measured.
 */
package dev.iostream.benchmarks.peer;
