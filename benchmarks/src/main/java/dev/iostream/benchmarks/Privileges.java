package dev.iostream.benchmarks;

import java.io.IOException;

/** What this user may ask of the system. */
final class Privileges {
    private static final boolean REAL_TIME = succeeds("chrt", "-f", "10", "true");

    private Privileges() {}

    /** Whether a process can be given real-time priority. */
    static boolean realTime() {
        return REAL_TIME;
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
