package dev.iostream.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the system calls of a running process that have to do with input and output. */
final class Strace implements AutoCloseable {
    private static final String CALLS = "read,write,readv,writev,recvfrom,sendto,recvmsg,sendmsg,"
            + "epoll_wait,epoll_pwait,epoll_ctl,poll,ppoll,select";

    private static final Pattern ROW =
            Pattern.compile("^\\s*[\\d.]+\\s+[\\d.]+\\s+\\d+\\s+(\\d+)\\s+(?:\\d+\\s+)?([a-z_0-9]+)$");
    private static final int LIMIT_SECONDS = 20;

    private final Process process;
    private final Path summary;

    private Strace(Process process, Path summary) {
        this.process = process;
        this.summary = summary;
    }

    /** Whether it is installed and may look at processes of this user. */
    static boolean works(Path directory) throws IOException, InterruptedException {
        return Programs.installed("strace")
                && new ProcessBuilder(
                                        "strace",
                                        "-c",
                                        "-o",
                                        directory.resolve("probe").toString(),
                                        "true")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
    }

    /** Begins to count, for all threads that the process has and will have. */
    static Strace attach(long pid, Path directory) throws IOException {
        Path summary = directory.resolve("strace-" + pid);
        Process process = new ProcessBuilder(
                        List.of("strace", "-f", "-c", "-e", "trace=" + CALLS, "-o", summary.toString(), "-p", "" + pid))
                .redirectErrorStream(true)
                .start();
        BufferedReader said = process.inputReader();
        String line = said.readLine();
        while (line != null && !line.contains("attached")) {
            line = said.readLine();
        }
        if (line == null) {
            throw new IOException("strace cannot attach to a process that this one has started");
        }
        return new Strace(process, summary);
    }

    /** Ends the count, and returns how often each was called. */
    Map<String, Integer> counts() throws IOException, InterruptedException {
        process.destroy(); // at which it lets go and writes its summary
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("strace does not end");
        }
        var counts = new TreeMap<String, Integer>();
        for (String line : Files.readAllLines(summary)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !row.group(2).equals("total")) {
                counts.put(row.group(2), Integer.valueOf(row.group(1)));
            }
        }
        return counts;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
