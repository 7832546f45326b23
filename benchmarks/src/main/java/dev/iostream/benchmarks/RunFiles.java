package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that servers need, made in a folder when they are first needed. */
record RunFiles(Path directory) {
    /** Of the file that is sent: small enough to stay in memory, large enough that its beginning and end do not count. */
    private static final int FILE_PAYLOADS = 1024;

    /** A key store with an EC key and a certificate for localhost. */
    Path keys() throws IOException, InterruptedException {
        Path keys = directory.resolve("keys.p12").toAbsolutePath();
        return Files.exists(keys) ? keys : Identity.make(keys);
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
