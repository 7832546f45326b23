package dev.iostream.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys in PEM. Messages name the file and nothing that is in it. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final long LARGEST = 4 * 1024 * 1024;

    private Pem() {}

    private record Block(String type, byte[] content) {}

    /** The certificates of a file, at least one, in their order. */
    static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.type.endsWith("CERTIFICATE")) {
                certificates.add(certificate(file, block.content));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("There is no certificate in " + file + " (-----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] content) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Certificate certificate = factory.generateCertificate(new ByteArrayInputStream(content));
            return (X509Certificate) certificate;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("A certificate in " + file + " cannot be read", e);
        }
    }

    /** The private key of a file, of the algorithm of its certificate. */
    static PrivateKey privateKey(Path file, String algorithm) {
        for (Block block : blocks(file)) {
            switch (block.type) {
                case "PRIVATE KEY":
                    return privateKey(file, algorithm, block.content);
                case "ENCRYPTED PRIVATE KEY":
                    throw new IllegalArgumentException("The private key in " + file
                            + " is encrypted; use a PKCS#12 key store, or decrypt it (openssl pkcs8)");
                case "RSA PRIVATE KEY", "EC PRIVATE KEY":
                    throw new IllegalArgumentException("The private key in " + file
                            + " is in the old format; make it PKCS#8 (openssl pkcs8 -topk8 -nocrypt)");
                default:
                    break;
            }
        }
        throw new IllegalArgumentException("There is no private key in " + file + " (-----BEGIN PRIVATE KEY-----)");
    }

    private static PrivateKey privateKey(Path file, String algorithm, byte[] content) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The private key in " + file
                    + " cannot be read, or is not one of its certificate's kind (" + algorithm + ")");
        }
    }

    private static List<Block> blocks(Path file) {
        List<Block> blocks = new ArrayList<>();
        try {
            if (Files.size(file) > LARGEST) {
                throw new IllegalArgumentException("The file " + file + " is larger than any PEM file has to be");
            }
            Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            }
            return blocks;
        } catch (IOException e) {
            throw new IllegalArgumentException("The file " + file + " does not exist or cannot be read", e);
        }
    }
}
