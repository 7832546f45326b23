package dev.iostream.tls;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How strong the keys and signatures of peers have to be. Given to an engine, it holds for every certificate on the path that
 * is verified, and for what is signed in the handshake; one's own keys are one's own business.
 */
final class Strength implements AlgorithmConstraints {
    static final Strength REQUIRED = new Strength();

    private static final int LEAST_RSA = 2048;
    private static final int MOST_RSA = 8192;
    private static final int LEAST_EC = 256;

    private Strength() {}

    /** What is weak about a certificate, or null. */
    static @Nullable String weakness(X509Certificate certificate) {
        String weakness = weakness(certificate.getPublicKey());
        if (weakness != null) {
            return weakness;
        }
        boolean root = certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        String signature = certificate.getSigAlgName();
        return root || !isBroken(signature) ? null : "it is signed with " + signature + ", which can be forged";
    }

    private static @Nullable String weakness(Key key) {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < LEAST_RSA || bits > MOST_RSA) {
                return "its RSA key has " + bits + " bits, and " + LEAST_RSA + " to " + MOST_RSA + " are accepted";
            }
        }
        if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() < LEAST_EC) {
            return "its elliptic-curve key has fewer than " + LEAST_EC + " bits";
        }
        return null;
    }

    private static boolean isBroken(String signature) {
        String name = signature.toUpperCase(Locale.ROOT);
        return name.startsWith("SHA1WITH") || (name.startsWith("MD") && name.contains("WITH"));
    }

    /** RSASSA-PSS has the digest among its parameters, and SHA-1 when it has none. */
    private static boolean isBroken(String signature, @Nullable AlgorithmParameters parameters) {
        if (!signature.equals("RSASSA-PSS") || parameters == null) {
            return isBroken(signature);
        }
        try {
            String digest = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
            return digest.equals("SHA-1") || digest.startsWith("MD");
        } catch (InvalidParameterSpecException e) {
            return true;
        }
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> uses, String algorithm, @Nullable AlgorithmParameters parameters) {
        return !isBroken(algorithm, parameters);
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> uses, Key key) {
        return !(key instanceof PublicKey) || weakness(key) == null;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> uses, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
        return permits(uses, algorithm, parameters) && permits(uses, key);
    }
}
