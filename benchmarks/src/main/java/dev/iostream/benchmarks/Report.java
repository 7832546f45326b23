package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run, ready to be written down.
 *
 * @param libraries names and versions of what was measured
 * @param parts what JMH has shown of the parts, if it was asked
 * @param profiles of what has missed its target
 * @param limits what has been written down about targets that are missed
 */
record Report(
        LocalDate date,
        String commit,
        Machine machine,
        List<String> libraries,
        Options options,
        Results results,
        Optional<Parts> parts,
        List<WorkloadProfile> profiles,
        Limits limits) {

    String markdown() {
        return new Markdown(this).text();
    }

    List<Check> checks() {
        return new Targets(results).checks();
    }

    /** A name for the files of a run, after its day; a second run of a day does not replace the first. */
    static String freeName(Path directory, LocalDate date) {
        String name = date.toString();
        for (int run = 2; Files.exists(directory.resolve(name + ".md")); run++) {
            name = date + "-" + run;
        }
        return name;
    }

    /** Writes all forms, in place of what was written under that name before. */
    Path save(Path directory, String name) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(name + ".json"), new JsonReport(this).text());
        for (Map.Entry<String, String> plot : new Plots(results).svgs().entrySet()) {
            Files.writeString(directory.resolve(name + "-" + plot.getKey() + ".svg"), plot.getValue());
        }
        return Files.writeString(directory.resolve(name + ".md"), markdown());
    }
}
