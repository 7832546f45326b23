package dev.iostream.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** A run, for programs: every round of every figure. */
record JsonReport(Report report) {
    String text() {
        var json = new LinkedHashMap<String, Object>();
        json.put("date", report.date());
        json.put("commit", report.commit());
        json.put("cpu", report.machine().cpu());
        json.put("cores", report.machine().cores());
        json.put("kernel", report.machine().kernel());
        json.put("jdk", report.machine().jdk());
        json.put("libraries", report.libraries());
        json.put("pinned", report.options().cores().pinned());
        json.put("jvmFlags", Server.JVM_FLAGS);
        json.put("rounds", report.options().rounds());
        json.put("warmupSeconds", report.options().warmupSeconds());
        json.put("seconds", report.options().seconds());
        json.put("targets", report.checks().stream().map(JsonReport::json).toList());
        json.put(
                "workloads",
                report.results().workloads().stream().map(this::json).toList());
        json.put(
                "profiles",
                report.profiles().stream().map(WorkloadProfile::json).toList());
        report.parts().ifPresent(parts -> json.put("parts", parts.json()));
        json.put("notMeasured", report.results().missing());
        json.put("failed", report.results().failures());
        return Json.write(json) + "\n";
    }

    private static Map<String, Object> json(Check check) {
        var map = new LinkedHashMap<String, Object>();
        map.put("target", check.target());
        map.put("what", check.what());
        map.put("limit", check.limit());
        map.put("atMost", check.atMost());
        check.seen().ifPresent(seen -> {
            map.put("seen", seen.median());
            map.put("min", seen.min());
            map.put("max", seen.max());
        });
        map.put("verdict", check.verdict());
        return map;
    }

    private Map<String, Object> json(Workload workload) {
        var map = new LinkedHashMap<String, Object>();
        map.put("name", workload.name());
        map.put("title", workload.title());
        map.put(
                "entries",
                report.results().entries(workload).stream()
                        .map(entry -> json(workload, entry))
                        .toList());
        return map;
    }

    private Map<String, Object> json(Workload workload, Entry entry) {
        var map = new LinkedHashMap<String, Object>();
        map.put("entry", entry.id());
        map.put("title", entry.title());
        map.put("peer", entry.peer().id());
        for (Metric metric : Metric.values()) {
            report.results().spread(workload.name(), entry.id(), metric).ifPresent(spread -> {
                var figures = new LinkedHashMap<String, Object>();
                figures.put("median", spread.median());
                figures.put("min", spread.min());
                figures.put("max", spread.max());
                figures.put(
                        "rounds",
                        report.results().samples(workload.name(), entry.id()).stream()
                                .map(sample -> sample.figure(metric))
                                .toList());
                map.put(metric.key, figures);
            });
        }
        return map;
    }
}
