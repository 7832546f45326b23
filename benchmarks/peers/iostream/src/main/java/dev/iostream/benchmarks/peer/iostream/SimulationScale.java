package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How large a simulation may be: what a connection, both its ends, costs in memory, and in time for a line there and back. */
public final class SimulationScale {
    private static final int ROUNDS = 5;
    private static final byte[] LINE = "0123456789abcdef\n".getBytes(StandardCharsets.US_ASCII);

    private SimulationScale() {}

    public static void main(String[] args) {
        int connections = Integer.parseInt(args[0].split("=")[1]);
        var simulation = new Simulation(Link.perfect());
        long before = heap();
        List<Simulation.Peers> all = new ArrayList<>(connections);
        for (int i = 0; i < connections; i++) {
            Simulation.Peers peers = simulation.connect();
            new LineEcho(peers.server()).readLine();
            all.add(peers);
        }
        int[] answers = new int[1];
        exchange(simulation, all, answers);
        long each = (heap() - before) / connections;
        long start = System.nanoTime();
        for (int i = 0; i < ROUNDS; i++) {
            exchange(simulation, all, answers);
        }
        long turn = (System.nanoTime() - start) / ROUNDS / connections;
        if (answers[0] != (ROUNDS + 1) * connections) {
            throw new IllegalStateException("Only " + answers[0] + " answers came");
        }
        System.out.println("bytes=" + each + " turn_ns=" + turn);
    }

    private static void exchange(Simulation simulation, List<Simulation.Peers> all, int[] answers) {
        for (Simulation.Peers peers : all) {
            IOStream client = peers.client();
            client.write(LINE);
            client.readUntil("\n", line -> answers[0]++);
        }
        simulation.run();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
