package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * Samples of what a server does under load, taken by the Flight Recorder of its JVM.
 *
 * <p>The sampler stays on the server's core: from another one, that of JDK 17 catches hardly any thread in Java.
 */
final class FlightRecording {
    /** For how long it is looked at: about a thousand samples, of which one in a hundred still is ten. */
    static final int SECONDS = 10;

    /** The recorder keeps to it beside a busy loop, and lags behind shorter ones. */
    static final int PERIOD_MILLIS = 10;

    private static final String NAME = "name=profile";
    private static final String IN_JAVA = "jdk.ExecutionSample";
    private static final String IN_NATIVE = "jdk.NativeMethodSample";
    private static final String CPU_LOAD = "jdk.ThreadCPULoad";

    private FlightRecording() {}

    /** What puts a server under load: it warms up, and then goes on for that many seconds. */
    interface Loaded {
        void run(int seconds) throws IOException, InterruptedException;
    }

    /** Records while the server is loaded, and shows the time after the warm-up. */
    static Profile of(Lab lab, Server server, Loaded load) throws IOException, InterruptedException {
        List<RecordedEvent> events = events(lab, server, SECONDS, load);
        return StackSample.profile(samples(events), cpuTime(events));
    }

    /** What is seen in the last seconds of the load. */
    static List<RecordedEvent> events(Lab lab, Server server, int seconds, Loaded load)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("profile", ".jfr").toAbsolutePath();
        try {
            start(lab, server);
            load.run(seconds);
            Instant end = Instant.now();
            lab.jcmd(server, "JFR.stop", NAME, "filename=" + file);
            return events(file, end.minusSeconds(seconds), end);
        } finally {
            Files.delete(file);
        }
    }

    private static void start(Lab lab, Server server) throws IOException, InterruptedException {
        List<String> answer = lab.jcmd(
                server,
                "JFR.start",
                NAME,
                "settings=none",
                "+" + IN_JAVA + "#enabled=true",
                "+" + IN_JAVA + "#period=" + PERIOD_MILLIS + "ms",
                "+" + IN_NATIVE + "#enabled=true",
                "+" + IN_NATIVE + "#period=" + PERIOD_MILLIS + "ms",
                "+" + CPU_LOAD + "#enabled=true",
                "+" + CPU_LOAD + "#period=1s");
        if (answer.stream().noneMatch(line -> line.startsWith("Started recording"))) { // jcmd itself has not failed
            throw new IOException("The Flight Recorder does not start:\n" + String.join("\n", answer));
        }
    }

    private static List<RecordedEvent> events(Path file, Instant from, Instant to) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getStartTime().isAfter(from)
                        && event.getStartTime().isBefore(to))
                .toList();
    }

    static List<StackSample> samples(List<RecordedEvent> events) {
        return events.stream().flatMap(FlightRecording::sample).toList();
    }

    /** What each thread used, in shares of all cores summed over its reports. */
    static Map<String, Double> cpuTime(List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(CPU_LOAD))
                .filter(event -> event.getThread().getJavaName() != null)
                .collect(Collectors.groupingBy(
                        event -> event.getThread().getJavaName(),
                        Collectors.summingDouble(event -> event.getFloat("user") + event.getFloat("system"))));
    }

    /** Nothing for an event that is no sample, and for a sample of an unknown stack. */
    private static Stream<StackSample> sample(RecordedEvent event) {
        String type = event.getEventType().getName();
        boolean inNative = type.equals(IN_NATIVE);
        if (!inNative && !type.equals(IN_JAVA) || event.getStackTrace() == null) {
            return Stream.empty();
        }
        String thread = event.getThread("sampledThread").getJavaName();
        return event.getStackTrace().getFrames().stream()
                .limit(1)
                .map(RecordedFrame::getMethod)
                .map(method -> new StackSample(thread, inNative, name(method)));
    }

    private static String name(RecordedMethod method) {
        return SimpleName.of(method.getType().getName()) + "." + method.getName();
    }
}
