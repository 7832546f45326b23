package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The commit that is measured. */
final class Commit {
    private Commit() {}

    /** Its short name, with {@code +changes} when tracked files differ from it. */
    static String current() {
        return git("rev-parse", "--short=12", "HEAD")
                .map(id -> git("status", "--porcelain", "--untracked-files=no")
                        .map(status -> status.isEmpty() ? id : id + "+changes")
                        .orElse(id))
                .orElse("unknown");
    }

    private static Optional<String> git(String... arguments) {
        var command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process git = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return git.waitFor() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no git here: the sources came some other way
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
