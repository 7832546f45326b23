package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines over two logarithmic axes. */
record LineChart(String title, String across, String up, List<Series> series) {
    record Point(double x, double y) {}

    record Series(String label, String colour, List<Point> points) {}

    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;
    private static final int LEFT = 70;
    private static final int RIGHT = 150;
    private static final int TOP = 60;
    private static final int BOTTOM = 46;
    private static final String INK = "#1b1f24";
    private static final String FAINT = "#57606a";
    private static final String GRID = "#eaeef2";

    String svg() {
        var svg = new Svg(WIDTH, HEIGHT, title);
        Axis x = Axis.of(
                series.stream()
                        .flatMap(each -> each.points().stream())
                        .mapToDouble(Point::x)
                        .toArray(),
                LEFT,
                WIDTH - RIGHT);
        Axis y = Axis.of(
                series.stream()
                        .flatMap(each -> each.points().stream())
                        .mapToDouble(Point::y)
                        .toArray(),
                HEIGHT - BOTTOM,
                TOP);
        svg.text(16, 46, up, "start", 12, FAINT);
        svg.text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, across, "middle", 12, FAINT);
        for (double tick : x.ticks()) {
            svg.line(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM, GRID);
            svg.text(x.at(tick), HEIGHT - BOTTOM + 16, shown(tick), "middle", 11, FAINT);
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), GRID);
            svg.text(LEFT - 8, y.at(tick) + 4, shown(tick), "end", 11, FAINT);
        }
        for (int i = 0; i < series.size(); i++) {
            draw(svg, series.get(i), x, y, TOP + 14 + 20 * i);
        }
        return svg.toString();
    }

    private static void draw(Svg svg, Series series, Axis x, Axis y, double legend) {
        String colour = series.colour();
        svg.polyline(
                series.points().stream()
                        .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x.at(point.x()), y.at(point.y())))
                        .collect(Collectors.joining(" ")),
                colour);
        series.points().forEach(point -> svg.dot(x.at(point.x()), y.at(point.y()), colour));
        svg.line(WIDTH - RIGHT + 14, legend, WIDTH - RIGHT + 34, legend, colour);
        svg.text(WIDTH - RIGHT + 40, legend + 4, series.label(), "start", 12, INK);
    }

    private static String shown(double power) {
        return power >= 1 ? String.format(Locale.ROOT, "%,.0f", power) : Double.toString(power);
    }

    /** A logarithmic scale from {@code from} to {@code to} on the picture. */
    private record Axis(double least, double most, double from, double to) {
        static Axis of(double[] values, double from, double to) {
            double least = Double.MAX_VALUE;
            double most = 0;
            for (double value : values) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            return new Axis(least / 1.1, most * 1.1, from, to);
        }

        double at(double value) {
            return from + (to - from) * Math.log(value / least) / Math.log(most / least);
        }

        /** Powers of ten; over less than two decades their doubles and fives too. */
        List<Double> ticks() {
            List<Integer> multiples = most / least < 100 ? List.of(1, 2, 5) : List.of(1);
            var ticks = new ArrayList<Double>();
            for (double power = Math.pow(10, Math.floor(Math.log10(least))); power <= most; power *= 10) {
                for (int multiple : multiples) {
                    ticks.add(power * multiple);
                }
            }
            ticks.removeIf(tick -> tick < least || tick > most);
            return ticks;
        }
    }
}
