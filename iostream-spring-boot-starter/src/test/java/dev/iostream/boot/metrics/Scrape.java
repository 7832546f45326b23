package dev.iostream.boot.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Prometheus reads from an application. */
public final class Scrape {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final List<Sample> samples;
    private final Map<String, String> types = new LinkedHashMap<>();

    private record Sample(String name, Map<String, String> labels, double value) {}

    /** The samples in a text of Prometheus' format. */
    public Scrape(String text) {
        samples = text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(Scrape::sample)
                .toList();
        text.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> {
            String[] words = line.split(" ");
            types.put(words[2], words[3]);
        });
    }

    private static Sample sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new IllegalArgumentException("Not a sample: " + line);
        }
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3)));
    }

    /** The names of all series. */
    public Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toSet());
    }

    /** The keys of the labels of all series. */
    public Set<String> labels() {
        return samples.stream()
                .flatMap(sample -> sample.labels().keySet().stream())
                .collect(Collectors.toSet());
    }

    /** All values of that label. */
    public Set<String> values(String label) {
        return samples.stream()
                .map(sample -> sample.labels().get(label))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** The types of all families by name. */
    public Map<String, String> types() {
        return types;
    }

    /** The sum of the series of that name with these labels, given as keys and values by turns; at least one. */
    public double sum(String name, String... labels) {
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name().equals(name) && matches(sample, labels))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("There is no series " + name + List.of(labels));
        }
        return found.stream().mapToDouble(Sample::value).sum();
    }

    private static boolean matches(Sample sample, String... labels) {
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
                return false;
            }
        }
        return true;
    }
}
