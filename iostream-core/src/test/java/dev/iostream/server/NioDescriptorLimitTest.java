package dev.iostream.server;

import static dev.iostream.Eventually.eventually;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.iostream.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server in a process that has few descriptors, or whose system says so (hazard C1). */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NioDescriptorLimitTest {
    private static final int LIMIT_MILLIS = 30_000;

    private final List<Socket> clients = new ArrayList<>();
    private Program child;

    @TempDir
    private Path folder;

    /** What the child says of itself. */
    private record Stats(boolean backingOff, long failures, long accepted, long connections, long turns) {}

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        if (child != null) {
            child.close();
        }
    }

    /** The command that runs the server, behind what is to be done to it. */
    private static List<String> server(String... before) throws URISyntaxException {
        List<String> command = new ArrayList<>(Arrays.asList(before));
        String classes = location(TCPServer.class) + System.getProperty("path.separator") + location(ChildServer.class);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                classes,
                ChildServer.class.getName()));
        return command;
    }

    private static Path location(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private void start(List<String> command) throws IOException {
        child = Program.start(folder, command);
        eventually(() -> child.output().contains("port ") || !child.isRunning(), child::output);
        assertThat(child.isRunning()).as(child::output).isTrue();
    }

    private Socket connect() throws IOException {
        String output = child.output();
        int at = output.indexOf("port ") + 5;
        var client = new Socket(
                InetAddress.getLoopbackAddress(),
                Integer.parseInt(output.substring(at, output.indexOf('\n', at)).trim()));
        client.setSoTimeout(LIMIT_MILLIS);
        clients.add(client);
        return client;
    }

    /** Loads what the close of a stream needs from files, which is not possible any more when there are no descriptors. */
    private void closeOne() throws IOException {
        Socket client = connect();
        talk(client);
        clients.remove(client);
        client.close();
        while (stats().connections() > 0) {
            assertThat(child.isRunning()).isTrue();
        }
    }

    private static void talk(Socket client) throws IOException {
        client.getOutputStream().write("ping\n".getBytes(US_ASCII));
        assertThat(client.getInputStream().readNBytes(5)).isEqualTo("ping\n".getBytes(US_ASCII));
    }

    private Stats stats() throws IOException {
        int before = statsLines().size();
        child.say("stats");
        eventually(() -> statsLines().size() > before, child::output);
        String[] numbers = statsLines().get(before).split(" ");
        return new Stats(
                Boolean.parseBoolean(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]),
                Long.parseLong(numbers[4]),
                Long.parseLong(numbers[5]));
    }

    /** Those that are complete. */
    private List<String> statsLines() {
        String output = child.output();
        return output.substring(0, output.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("stats "))
                .toList();
    }

    private long warnings() {
        return child.output()
                .lines()
                .filter(line -> line.contains("Could not accept"))
                .count();
    }

    @Test
    void aServerWithoutDescriptorsWaitsAndServesTheRestWhenThereAreSome() throws Exception {
        start(server("bash", "-c", "ulimit -n 100; exec \"$@\"", "bash"));
        closeOne();
        Socket before = connect();
        talk(before);
        for (int i = 0; i < 200; i++) {
            connect();
        }
        while (!stats().backingOff()) {
            talk(before);
        }
        Stats poor = stats();
        assertThat(poor.connections()).isBetween(10L, 100L);
        // a second passes, and then another: it tries again once in each of them, however many wait
        while (stats().failures() < poor.failures() + 3) {
            talk(before);
        }
        Stats later = stats();
        long talks = later.turns() - poor.turns();
        assertThat(later.accepted()).isEqualTo(poor.accepted());
        assertThat(later.failures())
                .as("of accepting, while %s turns were taken", talks)
                .isLessThan(20);
        assertThat(warnings()).isEqualTo(1);

        int served = (int) poor.connections();
        for (Socket one : clients.subList(1, served)) {
            one.close();
        }
        for (Socket waiting : clients.subList(served, 2 * served - 1)) {
            talk(waiting);
        }
        talk(before);
        assertThat(warnings()).as("a line in five seconds at most").isLessThanOrEqualTo(2);
    }

    /** The system says so of the third call of a thread to the sixth, whether or not it is true. */
    @ParameterizedTest
    @CsvSource({
        "EMFILE, 4",
        "ENFILE, 4",
        "ENOBUFS, 4",
        "ENOMEM, 4",
        "ECONNABORTED, 0",
        "EPROTO, 0",
        "EINTR, 0",
    })
    void whatTheSystemSaysInVainIsTriedAgain(String error, long failures) throws Exception {
        Program.require("strace", "-V");
        requireTracing();
        start(server(
                "strace",
                "-f",
                "--seccomp-bpf",
                "-o",
                "/dev/null",
                "-e",
                "trace=accept,accept4",
                "-e",
                "inject=accept,accept4:error=" + error + ":when=3..6"));
        for (int i = 0; i < 8; i++) {
            talk(connect());
        }
        Stats stats = stats();
        assertThat(stats.accepted()).isEqualTo(8);
        assertThat(stats.failures()).isEqualTo(failures);
        assertThat(stats.backingOff()).isFalse();
        assertThat(warnings()).isEqualTo(failures == 0 ? 0 : 1);
    }

    private void requireTracing() throws IOException {
        try (Program probe =
                Program.start(folder, List.of("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"))) {
            if (probe.waitFor() != 0) {
                String loud = "NOT TESTED WITH STRACE: it may not trace here: " + probe.output();
                System.err.println(loud);
                abort(loud);
            }
        }
    }
}
