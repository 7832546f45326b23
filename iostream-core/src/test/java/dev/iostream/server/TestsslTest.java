package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Program;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What testssl.sh finds wrong with a server: nothing. All of its traffic stays on loopback. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TestsslTest {
    /** Protocols, standard ciphers, forward secrecy, preferences, vulnerabilities; not what is wrong with certificates. */
    private static final List<String> SECTIONS = List.of("-p", "-s", "-f", "-P", "-U");

    private static final Set<String> HARMLESS = Set.of("OK", "INFO", "LOW", "DEBUG");
    /** That its own openssl has not everything. */
    private static final Set<String> ABOUT_ITSELF = Set.of("engine_problem");

    private static final Pattern FINDING = Pattern.compile(
            "\"id\"\\s*:\\s*\"([^\"]*)\".*?\"severity\"\\s*:\\s*\"([^\"]*)\""
                    + ".*?\"finding\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"",
            Pattern.DOTALL);

    private record Finding(String id, String severity, String words) {}

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireProgram() throws InterruptedException {
        Program.require("testssl", "--version");
    }

    @Test
    void findsNothingAboveLow() throws IOException {
        List<Finding> findings = new ArrayList<>();
        try (IOLoopGroup group = IOLoopGroup.of(1, "testssl");
                TCPServer server = TlsEcho.server(group, TlsOptions.server(TestCertificates.server()))) {
            group.start();
            server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) server.localAddresses().get(0)).getPort();
            List<Program> programs = new ArrayList<>();
            for (String section : SECTIONS) {
                programs.add(look(section, port));
            }
            for (Program program : programs) {
                program.waitFor();
            }
            for (String section : SECTIONS) {
                findings.addAll(findings(report(section)));
            }
        }
        assertThat(findings)
                .as("what it has looked at")
                .extracting(Finding::id)
                .contains("TLS1_3", "cipherlist_NULL", "cipher_order", "secure_client_renego", "ROBOT")
                .anyMatch(id -> id.contains("FS"));
        assertThat(findings)
                .filteredOn(finding -> !ABOUT_ITSELF.contains(finding.id()))
                .allSatisfy(finding ->
                        assertThat(finding.severity()).as("%s", finding).isIn(HARMLESS));
    }

    private Path report(String section) {
        return folder.resolve("report" + section + ".json");
    }

    private Program look(String section, int port) throws IOException {
        Program program = Program.start(
                folder,
                List.of(
                        "testssl",
                        section,
                        // nobody else is asked anything: no names, no servers of authorities
                        "--ip",
                        "127.0.0.1",
                        "-n",
                        "none",
                        "--warnings",
                        "off",
                        "--quiet",
                        "--color",
                        "0",
                        "--connect-timeout",
                        "30",
                        "--openssl-timeout",
                        "30",
                        "--jsonfile",
                        report(section).toString(),
                        "127.0.0.1:" + port));
        program.endInput();
        return program;
    }

    private static List<Finding> findings(Path report) throws IOException {
        List<Finding> findings = new ArrayList<>();
        Matcher matcher = FINDING.matcher(Files.readString(report));
        while (matcher.find()) {
            findings.add(new Finding(matcher.group(1), matcher.group(2), matcher.group(3)));
        }
        return findings;
    }
}
