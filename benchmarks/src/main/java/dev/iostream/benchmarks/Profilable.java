package dev.iostream.benchmarks;

import java.io.IOException;

/** A procedure that can also show where time or memory goes. */
interface Profilable extends Procedure {
    /** Does what a measurement does once more, and looks into the server meanwhile, which costs it some of its speed. */
    Profile profile(Lab lab) throws IOException, InterruptedException;
}
