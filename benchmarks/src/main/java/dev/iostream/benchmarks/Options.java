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
        boolean parts,
        boolean quick,
        Path java,
        Path results) {

    static final String HELP = """
            Measures servers side by side, on loopback.

              --peers c,sketch,netty-nio,...    which servers (default: all)
              --workloads P1,P3,size,...        which workloads, or kinds of them (default: all);
                                                'parts' is what JMH measures
              --rounds 5                        how often each is measured; what no target compares less often
              --warmup 3                        seconds before each measurement
              --seconds 2                       seconds of each measurement
              --quick                           one round of 1 s each after 1 s: shows that it works, not how fast it is;
                                                takes no profiles
              --cores 0,1                       the core of the server and the core of the load generator
              --patience 600                    seconds that disturbance by other processes may cost in all
              --java <path>                     the launcher of the servers (default: the JVM of this command)
              --results <folder>                where the report goes (default: results)
            """;

    private static final String QUICK = "--quick";
    private static final String WORKLOADS = "--workloads";

    static Options parse(String... arguments) {
        boolean quick = List.of(arguments).contains(QUICK);
        Map<String, String> given = pairs(Arrays.stream(arguments)
                .filter(argument -> !argument.equals(QUICK))
                .toArray(String[]::new));
        List<Peer> peers = list(given, "--peers", id -> List.of(Peer.named(id)), List.of(Peer.values()));
        var options = new Options(
                peers,
                list(given, WORKLOADS, Workloads::named, Workloads.ALL).stream()
                        .map(workload -> workload.only(entry -> peers.contains(entry.peer())))
                        .toList(),
                number(given, "--rounds", quick ? 1 : 5, 1, 100),
                number(given, "--warmup", quick ? 1 : 3, 1, 60),
                number(given, "--seconds", quick ? 1 : 2, 1, 60),
                Cores.named(given.getOrDefault("--cores", "0,1")),
                Duration.ofSeconds(number(given, "--patience", quick ? 0 : 600, 0, 36_000)),
                asksForParts(given),
                quick,
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

    private static boolean asksForParts(Map<String, String> given) {
        return !given.containsKey(WORKLOADS)
                || List.of(given.get(WORKLOADS).split(",")).contains(Workloads.PARTS);
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
            Map<String, String> given, String name, Function<String, List<T>> elements, List<T> otherwise) {
        return given.containsKey(name)
                ? Arrays.stream(given.get(name).split(","))
                        .map(elements)
                        .flatMap(List::stream)
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
