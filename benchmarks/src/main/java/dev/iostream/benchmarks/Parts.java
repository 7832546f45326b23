package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What JMH has shown of iostream's parts, one row for each benchmark and its parameters. */
record Parts(List<Row> rows) {
    /**
     * @param benchmark class and method, with its parameters
     * @param score nanoseconds, or whatever the unit says
     * @param error half the width of the interval in which it lies with a probability of 99.9 %
     * @param allocated bytes allocated for each operation
     */
    record Row(String benchmark, double score, double error, String unit, double allocated) {}

    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final Pattern CELL = Pattern.compile("\"([^\"]*)\"|([^,]+)|(?<=,)(?=,|$)");

    /** Reads the results that JMH writes with {@code -rf csv}. */
    static Parts parse(List<String> csv) {
        List<String> header = cells(csv.get(0));
        var scores = new LinkedHashMap<String, List<String>>();
        var allocated = new TreeMap<String, Double>();
        for (String line : csv.subList(1, csv.size())) {
            List<String> cells = cells(line);
            String benchmark = cells.get(0);
            int profiler = benchmark.indexOf(":");
            String name = named(profiler < 0 ? benchmark : benchmark.substring(0, profiler), header, cells);
            if (profiler < 0) {
                scores.put(name, cells);
            } else if (benchmark.endsWith(ALLOCATION)) {
                allocated.put(name, Double.valueOf(cells.get(4)));
            }
        }
        var rows = new ArrayList<Row>();
        scores.forEach((name, cells) -> rows.add(new Row(
                name,
                Double.parseDouble(cells.get(4)),
                Double.parseDouble(cells.get(5)),
                cells.get(6),
                allocated.getOrDefault(name, Double.NaN))));
        return new Parts(rows);
    }

    /** Without packages, and with its parameters. */
    private static String named(String benchmark, List<String> header, List<String> cells) {
        String[] words = benchmark.split("\\.");
        var name = new StringBuilder(words[words.length - 2] + "." + words[words.length - 1]);
        for (int i = 7; i < cells.size(); i++) {
            if (!cells.get(i).isEmpty()) {
                name.append(' ')
                        .append(header.get(i).replace("Param: ", ""))
                        .append('=')
                        .append(cells.get(i));
            }
        }
        return name.toString();
    }

    private static List<String> cells(String line) {
        var cells = new ArrayList<String>();
        for (Matcher cell = CELL.matcher(line); cell.find(); ) {
            cells.add(cell.group(1) != null ? cell.group(1) : cell.group(2) != null ? cell.group(2) : "");
        }
        return cells;
    }

    String markdown() {
        var table = new Table(List.of("benchmark", "score", "±", "unit", "allocated B"));
        rows.forEach(row -> table.add(
                List.of(row.benchmark(), show(row.score()), show(row.error()), row.unit(), show(row.allocated()))));
        return "\n## Parts\n\nJMH, by itself on the server's core; allocation from its GC profiler.\n\n"
                + table.markdown();
    }

    private static String show(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%,.2f", value);
    }

    List<Map<String, Object>> json() {
        return rows.stream()
                .map(row -> {
                    var map = new LinkedHashMap<String, Object>();
                    map.put("benchmark", row.benchmark());
                    map.put("score", finite(row.score()));
                    map.put("error", finite(row.error()));
                    map.put("unit", row.unit());
                    map.put("allocatedBytes", finite(row.allocated()));
                    return (Map<String, Object>) map;
                })
                .toList();
    }

    /** JSON knows no NaN. */
    private static Object finite(double value) {
        return Double.isFinite(value) ? value : "unknown";
    }
}
