package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Payload;
import dev.iostream.benchmarks.peer.Tls;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files that servers need, made in a folder when they are first needed. */
record RunFiles(Path directory) {
    /** Of the file that is sent: small enough to stay in memory, large enough that its beginning and end do not count. */
    private static final int FILE_PAYLOADS = 1024;

    /** A key store with an EC key and a certificate for localhost. */
    Path keys() throws IOException, InterruptedException {
        Path keys = directory.resolve("keys.p12").toAbsolutePath();
        if (!Files.exists(keys)) {
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            String command = "-genkeypair -alias server -keyalg EC -groupname secp256r1 -dname CN=localhost"
                    + " -storetype PKCS12 -storepass " + Tls.PASSWORD + " -keystore";
            var words = new ArrayList<String>();
            words.add(keytool);
            words.addAll(List.of(command.split(" ")));
            words.add(keys.toString());
            Process making = new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(making.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (making.waitFor() != 0) {
                throw new IOException("keytool cannot make a key: " + said);
            }
        }
        return keys;
    }

    /** A file of payloads. */
    Path payloads() throws IOException {
        Path file = directory.resolve("payloads").toAbsolutePath();
        long size = (long) FILE_PAYLOADS * Payload.SIZE;
        if (!Files.exists(file) || Files.size(file) != size) {
            byte[] payload = Payload.bytes();
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int i = 0; i < FILE_PAYLOADS; i++) {
                    out.write(payload);
                }
            }
        }
        return file;
    }
}
