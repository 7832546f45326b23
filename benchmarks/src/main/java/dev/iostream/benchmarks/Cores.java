package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Keeps the server and the load generator on a core each, where the system can do that. */
record Cores(int server, int generator) {
    private static final Pattern TWO_NUMBERS = Pattern.compile("\\d{1,4},\\d{1,4}");

    static Cores named(String text) {
        if (!TWO_NUMBERS.matcher(text).matches()) {
            throw new UsageException("'--cores' must be two numbers such as 0,1, was " + text);
        }
        String[] numbers = text.split(",");
        return new Cores(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }

    /** Whether processes can be pinned: taskset is installed and there is more than one core. */
    boolean pinned() {
        return Runtime.getRuntime().availableProcessors() > 1 && Programs.installed("taskset");
    }

    String describe() {
        return pinned()
                ? "server on core %d, load generator on core %d".formatted(server, generator)
                : "not pinned (taskset and two cores are needed)";
    }

    List<String> forServer(List<String> command) {
        return on(Integer.toString(server), command);
    }

    /** The server's core, and others that are not the load generator's. */
    List<String> forWideServer(int cores, List<String> command) {
        String all = IntStream.concat(
                        IntStream.of(server),
                        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                                .filter(core -> core != server && core != generator))
                .limit(cores)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
        return on(all, command);
    }

    List<String> forGenerator(List<String> command) {
        return on(Integer.toString(generator), command);
    }

    private List<String> on(String cores, List<String> command) {
        if (!pinned()) {
            return command;
        }
        var pinned = new ArrayList<>(List.of("taskset", "-c", cores));
        pinned.addAll(command);
        return pinned;
    }
}
