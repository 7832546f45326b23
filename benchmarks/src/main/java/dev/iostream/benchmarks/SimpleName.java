package dev.iostream.benchmarks;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of classes as people write them, from those that the JVM gives. */
final class SimpleName {
    private static final Pattern ARRAY = Pattern.compile("(\\[+)(?:L(.+);|([A-Z]))");
    private static final Map<String, String> PRIMITIVES = Map.of(
            "Z", "boolean", "B", "byte", "C", "char", "S", "short", "I", "int", "J", "long", "F", "float", "D",
            "double");

    /** What follows is numbers, which differ from run to run. */
    private static final String LAMBDA = "$$Lambda";

    private SimpleName() {}

    /** Without package, with a point before an inner class; all lambdas of a class are one. */
    static String of(String name) {
        Matcher array = ARRAY.matcher(name);
        if (array.matches()) {
            String element = array.group(2) == null ? PRIMITIVES.get(array.group(3)) : of(array.group(2));
            return element + "[]".repeat(array.group(1).length());
        }
        int lambda = name.indexOf(LAMBDA);
        if (lambda >= 0) {
            return of(name.substring(0, lambda)) + ".lambda";
        }
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
