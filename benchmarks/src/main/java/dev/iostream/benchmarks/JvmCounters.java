package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM counts and times by itself from its start on, by the names of {@code PerfCounter.print}. */
record JvmCounters(Map<String, Long> values) {
    private static final Pattern COUNTER = Pattern.compile("([a-zA-Z.0-9]+)=(\\d+)");
    private static final String TICKS_A_SECOND = "sun.os.hrt.frequency";
    private static final double MILLIS = 1e3;

    /** Of times that contain each other, what is each one's own. */
    private static final Map<String, String> TIMES = times();

    private static Map<String, String> times() {
        var times = new LinkedHashMap<String, String>();
        times.put("sun.cls.appClassLoadTime.self", "finding and reading classes");
        times.put("sun.cls.defineAppClassTime.self", "defining classes");
        times.put("sun.cls.classVerifyTime.self", "verifying classes");
        times.put("sun.cls.classLinkedTime.self", "linking classes");
        times.put("sun.cls.classInitTime.self", "static initializers");
        times.put("sun.gc.collector.0.time", "collecting garbage");
        return times;
    }

    static JvmCounters parse(List<String> lines) throws IOException {
        var values = new TreeMap<String, Long>();
        for (String line : lines) {
            Matcher counter = COUNTER.matcher(line);
            if (counter.matches()) {
                values.put(counter.group(1), Long.valueOf(counter.group(2)));
            }
        }
        if (!values.containsKey(TICKS_A_SECOND)) {
            throw new IOException("The JVM has answered with no counters:\n" + String.join("\n", lines));
        }
        return new JvmCounters(values);
    }

    /** What so many milliseconds since the start of the JVM were used for. */
    Profile profile(double millis) {
        double tick = MILLIS / values.get(TICKS_A_SECOND);
        var amounts = new TreeMap<String, Double>();
        TIMES.forEach((counter, what) -> amounts.put(what, values.getOrDefault(counter, 0L) * tick));
        double known =
                amounts.values().stream().mapToDouble(Double::doubleValue).sum();
        amounts.put("running code, and the rest", millis - known);
        return new Profile(Profile.Kind.START, amounts);
    }
}
