package dev.iostream.benchmarks;

import java.io.IOException;

/** Checks that a sink has taken all that was sent to it. */
final class Received {
    private static final int LOOKS = 100;
    private static final int PAUSE_MILLIS = 50;

    private Received() {}

    /** Waits for the last bytes, which may still be under way when their sender has ended. */
    static void everything(Server server, long sent) throws IOException, InterruptedException {
        long received = 0;
        for (int i = 0; i < LOOKS; i++) {
            received = server.ask("received");
            if (received == sent) {
                return;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new IOException("A sink took " + received + " bytes of the " + sent + " that were sent to it");
    }
}
