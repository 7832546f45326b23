package dev.iostream.benchmarks;

import java.io.IOException;

/** How one sample is taken. */
interface Procedure {
    /**
     * Starts what is needed, measures, and ends what it has started.
     *
     * @throws Unavailable when this machine lacks something that it needs
     */
    Sample measure(Lab lab) throws IOException, InterruptedException;

    /** About how many seconds it takes. */
    double seconds(Options options);
}
