package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes of the objects in a server's heap that are reachable, by class. */
record ClassHistogram(Map<String, Long> bytes) {
    private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+)(?: \\(.*\\))?");

    /** Asks the JVM of a server, which collects garbage first. */
    static ClassHistogram of(Lab lab, Server server) throws IOException, InterruptedException {
        return parse(lab.jcmd(server, "GC.class_histogram"));
    }

    static ClassHistogram parse(List<String> lines) throws IOException {
        var bytes = new TreeMap<String, Long>();
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                bytes.merge(SimpleName.of(row.group(2)), Long.valueOf(row.group(1)), Long::sum);
            }
        }
        if (bytes.isEmpty()) {
            throw new IOException("The JVM has answered with no histogram:\n" + String.join("\n", lines));
        }
        return new ClassHistogram(bytes);
    }

    /** What it has grown by for each connection. */
    Profile since(ClassHistogram before, int connections) {
        var growth = new TreeMap<String, Double>();
        bytes.forEach((name, now) -> growth.put(name, (double) now));
        before.bytes.forEach((name, then) -> growth.merge(name, (double) -then, Double::sum));
        growth.values().removeIf(grown -> grown == 0);
        growth.replaceAll((name, grown) -> grown / connections);
        return new Profile(Profile.Kind.MEMORY, growth);
    }
}
