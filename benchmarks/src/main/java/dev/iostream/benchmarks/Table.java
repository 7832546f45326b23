package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Markdown table whose columns line up, so that it reads well in a terminal too. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final int words;

    /** The first column holds words, the others figures. */
    Table(List<String> header) {
        this(header, 1);
    }

    /**
     * @param words how many columns, from the first, hold words: they are aligned to the left
     */
    Table(List<String> header, int words) {
        this.words = words;
        rows.add(header);
    }

    void add(List<String> row) {
        rows.add(row);
    }

    String markdown() {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElseThrow())
                .toArray();
        var lines = new ArrayList<String>();
        rows.forEach(row -> lines.add(line(row, widths)));
        lines.add(1, rule(widths));
        return String.join("\n", lines) + "\n";
    }

    private String line(List<String> row, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(i -> {
                    String space = " ".repeat(widths[i] - row.get(i).length());
                    return i < words ? row.get(i) + space : space + row.get(i);
                })
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String rule(int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(i -> i < words ? "-".repeat(widths[i]) : "-".repeat(widths[i] - 1) + ":")
                .collect(Collectors.joining(" | ", "| ", " |"));
    }
}
