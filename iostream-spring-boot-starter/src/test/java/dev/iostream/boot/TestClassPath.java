package dev.iostream.boot;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Parts of the class path of the tests, for applications that have less on theirs. */
final class TestClassPath {
    private static final Pattern OF_STARTER = Pattern.compile(
            "(spring-(boot|boot-autoconfigure|core|context|beans|aop|expression)|micrometer-(observation|commons)"
                    + "|commons-logging|jspecify|logback-(core|classic)|log4j-(api|to-slf4j)|jul-to-slf4j|slf4j-api"
                    + "|snakeyaml|jakarta.annotation-api|iostream-core)-[0-9].*\\.jar");

    private TestClassPath() {}

    /** Whether that jar is one of those that the starter itself brings. */
    static boolean isOfStarter(String jar) {
        return OF_STARTER.matcher(jar).matches();
    }

    /** The folders of classes, ours and those of the tests, and the jars that are meant. */
    static List<Path> with(Predicate<String> jars) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> Files.isDirectory(entry)
                        || jars.test(entry.getFileName().toString()))
                .toList();
    }
}
