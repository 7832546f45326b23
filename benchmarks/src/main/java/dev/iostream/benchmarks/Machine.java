package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a reader has to know of the machine to judge figures; no names, no paths. */
record Machine(String cpu, int cores, String kernel, String jdk) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path CPU_TIMES = Path.of("/proc/stat");
    private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.*)$");
    private static final Pattern RELEASE = Pattern.compile("\\d+(\\.\\d+)*");
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, a constant of the kernel's interface

    static Machine here() throws IOException {
        return new Machine(
                first(MODEL, 1, Files.readString(CPU_INFO)),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + first(RELEASE, 0, System.getProperty("os.version")),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    }

    /** Seconds of CPU time that all processes have used together since the machine started, stolen time included. */
    static double busySeconds() throws IOException {
        try (var lines = Files.lines(CPU_TIMES)) {
            String[] ticks = lines.findFirst().orElseThrow().trim().split("\\s+");
            long busy = 0;
            for (int i = 1; i <= 8; i++) { // user nice system idle iowait irq softirq steal
                busy += i == 4 || i == 5 ? 0 : Long.parseLong(ticks[i]);
            }
            return busy / TICKS_PER_SECOND;
        }
    }

    private static String first(Pattern pattern, int group, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(group) : "unknown";
    }
}
