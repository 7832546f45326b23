/**
 * Runs servers side by side on one machine and compares what their work costs.
 *
 * <p>{@link dev.iostream.benchmarks.Workloads} says what is measured, a {@code Procedure} how one sample is taken, {@code
 * Targets} what iostream has to reach, {@code Report} what is written down. The servers are modules of their own, known
 * here by the name of their main class and what they have learned.
 */
package dev.iostream.benchmarks;
