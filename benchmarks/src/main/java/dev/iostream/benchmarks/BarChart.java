package dev.iostream.benchmarks;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Horizontal bars from zero, with the range of the rounds as a thin line, and iostream's in a colour of their own. A bar
 * that is much longer than all others is broken off, so that those can be told apart.
 */
record BarChart(String title, String unit, DoubleFunction<String> show, List<Bar> bars) {
    record Bar(String label, Spread value, boolean ours) {}

    private static final int WIDTH = 720;
    private static final int LEFT = 190;
    private static final int RIGHT = 90;
    private static final int TOP = 56;
    private static final int STEP = 26;
    private static final int THICKNESS = 16;
    /** A bar is drawn no longer than so many times the second longest. */
    private static final double OUTLIER = 2;

    static final String OURS = "#0969da";
    private static final String THEIRS = "#afb8c1";
    private static final String INK = "#1b1f24";
    private static final String FAINT = "#57606a";

    String svg() {
        var svg = new Svg(WIDTH, TOP + bars.size() * STEP + 16, title);
        svg.text(16, 44, unit, "start", 12, FAINT);
        double scale = (WIDTH - LEFT - RIGHT) / longest();
        for (int i = 0; i < bars.size(); i++) {
            draw(svg, bars.get(i), TOP + i * STEP, scale);
        }
        return svg.toString();
    }

    /** What the longest bar stands for. */
    private double longest() {
        double[] medians =
                bars.stream().mapToDouble(bar -> bar.value().median()).sorted().toArray();
        double most = medians[medians.length - 1];
        double second = medians[Math.max(0, medians.length - 2)];
        if (most == 0) {
            return 1;
        }
        return second == 0 ? most : Math.min(1.1 * most, OUTLIER * second);
    }

    private void draw(Svg svg, Bar bar, double y, double scale) {
        double middle = y + THICKNESS / 2.0;
        double end = Math.min(LEFT + bar.value().median() * scale, WIDTH - RIGHT);
        double furthest = Math.min(LEFT + bar.value().max() * scale, WIDTH - RIGHT);
        boolean broken = LEFT + bar.value().median() * scale > end;
        svg.text(LEFT - 8, middle + 4, bar.label(), "end", 12, INK);
        svg.rectangle(LEFT, y, end - LEFT, THICKNESS, bar.ours() ? OURS : THEIRS);
        if (broken) {
            svg.rectangle(end - 14, y, 4, THICKNESS, "#ffffff");
        } else {
            svg.line(LEFT + bar.value().min() * scale, middle, furthest, middle, INK);
        }
        svg.text(Math.max(end, furthest) + 6, middle + 4, show.apply(bar.value().median()), "start", 12, INK);
    }
}
