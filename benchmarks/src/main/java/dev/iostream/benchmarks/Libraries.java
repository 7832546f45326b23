package dev.iostream.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions are measured, as the peers' class paths tell. */
final class Libraries {
    /** What to look for, by the module on whose class path it is. */
    private static final Map<String, Map<String, String>> SOUGHT = Map.of(
            "netty", Map.of("Netty", "netty-transport", "netty-tcnative", "netty-tcnative-classes"),
            "vertx", Map.of("Vert.x", "vertx-core"),
            "spring-integration", Map.of("Spring Integration", "spring-integration-ip"),
            "iostream", Map.of("Conscrypt", "conscrypt-openjdk-uber"),
            "starter", Map.of("Spring Boot", "spring-boot"));

    private Libraries() {}

    static List<String> of(Programs programs) {
        return SOUGHT.entrySet().stream()
                .flatMap(module -> module.getValue().entrySet().stream()
                        .map(library -> library.getKey() + " "
                                + version(programs.classPath(module.getKey()), library.getValue())))
                .sorted()
                .toList();
    }

    private static String version(String classPath, String artifact) {
        Matcher jar = Pattern.compile(Pattern.quote(artifact) + "-(\\d[^/]*?)(?:\\.Final)?\\.jar")
                .matcher(classPath);
        return jar.find() ? jar.group(1) : "unknown";
    }
}
