package dev.iostream.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What the command line can choose. */
record Options(
        List<Peer> peers,
        List<Workload> workloads,
        int rounds,
        int warmupSeconds,
        int seconds,
        Cores cores,
        Duration patience,
        Path java,
        Path results) {

    static final String HELP = """
            Measures line-echo servers side by side, on loopback.

              --peers c,sketch,netty,iostream   which servers (default: all)
              --workloads P1,P3                 which workloads (default: all)
              --rounds 5                        how often each is measured
              --warmup 5                        seconds before each measurement
              --seconds 5                       seconds of each measurement
              --cores 0,1                       the core of the server and the core of the load generator
              --patience 600                    seconds that disturbance by other processes may cost in all
              --java <path>                     the launcher of the servers (default: the JVM of this command)
              --results <folder>                where the report goes (default: results)
            """;

    static Options parse(String... arguments) {
        Map<String, String> given = pairs(arguments);
        var options = new Options(
                list(given, "--peers", Peer::named, List.of(Peer.values())),
                list(given, "--workloads", Workload::named, Workload.ALL),
                number(given, "--rounds", 5, 1, 100),
                number(given, "--warmup", 5, 1, 60),
                number(given, "--seconds", 5, 1, 60),
                Cores.named(given.getOrDefault("--cores", "0,1")),
                Duration.ofSeconds(number(given, "--patience", 600, 0, 36_000)),
                Path.of(given.getOrDefault("--java", System.getProperty("java.home") + "/bin/java")),
                Path.of(given.getOrDefault("--results", "results")));
        given.keySet().stream()
                .filter(name -> !HELP.contains(name + " "))
                .findFirst()
                .ifPresent(name -> {
                    throw new UsageException("There is no option '" + name + "'.\n\n" + HELP);
                });
        return options;
    }

    private static Map<String, String> pairs(String... arguments) {
        if (arguments.length % 2 != 0) {
            throw new UsageException(HELP);
        }
        var pairs = new TreeMap<String, String>();
        for (int i = 0; i < arguments.length; i += 2) {
            pairs.put(arguments[i], arguments[i + 1]);
        }
        return pairs;
    }

    private static <T> List<T> list(
            Map<String, String> given, String name, Function<String, T> element, List<T> otherwise) {
        return given.containsKey(name)
                ? Arrays.stream(given.get(name).split(","))
                        .map(element)
                        .distinct()
                        .toList()
                : otherwise;
    }

    private static int number(Map<String, String> given, String name, int otherwise, int least, int greatest) {
        String value = given.getOrDefault(name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= greatest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, like a number out of range
        }
        throw new UsageException("'%s' must be between %d and %d, was %s".formatted(name, least, greatest, value));
    }
}
