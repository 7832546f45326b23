package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

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
        return on(server, command);
    }

    List<String> forGenerator(List<String> command) {
        return on(generator, command);
    }

    private List<String> on(int core, List<String> command) {
        if (!pinned()) {
            return command;
        }
        var pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return pinned;
    }
}
