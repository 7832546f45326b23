package dev.iostream.benchmarks;

import java.util.List;
import java.util.function.DoubleFunction;

/** Horizontal bars from zero, with the range of the rounds as a thin line, and iostream's in a colour of their own. */
record BarChart(String title, String unit, DoubleFunction<String> show, List<Bar> bars) {
    record Bar(String label, Spread value, boolean ours) {}

    private static final int WIDTH = 720;
    private static final int LEFT = 190;
    private static final int RIGHT = 90;
    private static final int TOP = 56;
    private static final int STEP = 26;
    private static final int THICKNESS = 16;
    private static final String OURS = "#0969da";
    private static final String THEIRS = "#afb8c1";
    private static final String INK = "#1b1f24";
    private static final String FAINT = "#57606a";

    String svg() {
        var svg = new Svg(WIDTH, TOP + bars.size() * STEP + 16, title);
        svg.text(16, 44, unit, "start", 12, FAINT);
        double most = bars.stream().mapToDouble(bar -> bar.value().max()).max().orElse(1);
        // one round gone wild is not to flatten all bars
        double medians =
                bars.stream().mapToDouble(bar -> bar.value().median()).max().orElse(1);
        double scale = (WIDTH - LEFT - RIGHT) / Math.min(most, 1.25 * medians);
        for (int i = 0; i < bars.size(); i++) {
            draw(svg, bars.get(i), TOP + i * STEP, scale);
        }
        return svg.toString();
    }

    private void draw(Svg svg, Bar bar, double y, double scale) {
        double middle = y + THICKNESS / 2.0;
        double end = LEFT + bar.value().median() * scale;
        double furthest = Math.min(LEFT + bar.value().max() * scale, WIDTH - RIGHT);
        svg.text(LEFT - 8, middle + 4, bar.label(), "end", 12, INK);
        svg.rectangle(LEFT, y, end - LEFT, THICKNESS, bar.ours() ? OURS : THEIRS);
        svg.line(LEFT + bar.value().min() * scale, middle, furthest, middle, INK);
        svg.text(Math.max(end, furthest) + 6, middle + 4, show.apply(bar.value().median()), "start", 12, INK);
    }
}
