package dev.iostream.benchmarks;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a server is started. */
sealed interface Program {
    /** The command, with what the server is to be told at its end; nothing when this machine cannot run it. */
    Optional<List<String>> command(Programs programs, List<String> jvmFlags, List<String> order);

    /** One that was compiled from C. */
    record Native(String name) implements Program {
        @Override
        public Optional<List<String>> command(Programs programs, List<String> jvmFlags, List<String> order) {
            return programs.compiled(name).map(path -> joined(List.of(path.toString()), order));
        }
    }

    /**
     * A class of a module with a class path of its own.
     *
     * @param module the folder among the peers
     * @param main the class, without the package that all have in common
     * @param always what it is told besides
     * @param leftOut what entries of the class path are not there for it, by a part of their names
     */
    record Module(String module, String main, List<String> always, List<String> leftOut) implements Program {
        Module(String module, String main) {
            this(module, main, List.of(), List.of());
        }

        @Override
        public Optional<List<String>> command(Programs programs, List<String> jvmFlags, List<String> order) {
            var command = new ArrayList<>(List.of(programs.java().toString()));
            command.addAll(jvmFlags);
            command.addAll(List.of("-cp", classPath(programs), "dev.iostream.benchmarks.peer." + main));
            return Optional.of(joined(command, joined(order, always)));
        }

        private String classPath(Programs programs) {
            return Arrays.stream(programs.classPath(module).split(File.pathSeparator))
                    .filter(entry -> leftOut.stream().noneMatch(entry::contains))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    /** A source file that a newer JDK's launcher compiles. */
    record Source(String file) implements Program {
        @Override
        public Optional<List<String>> command(Programs programs, List<String> jvmFlags, List<String> order) {
            return programs.newerJava().map(java -> {
                var command = new ArrayList<>(List.of(java.toString()));
                command.addAll(jvmFlags);
                command.addAll(List.of(
                        "-cp",
                        programs.classPath("kit"),
                        programs.peers().resolve(file).toString()));
                return joined(command, order);
            });
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        var both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
