package dev.iostream.boot;

import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Says where configured clients connect to when it is not their properties that know: a container of a test, a registry of
 * services. Several beans of this type are asked in their order, each client's properties last.
 */
@FunctionalInterface
public interface IOStreamConnectionDetails extends ConnectionDetails {
    /**
     * What the client of that name is to connect to, the first one first; null when this does not know. Names that are not
     * resolved are resolved anew for each attempt.
     */
    @Nullable
    List<SocketAddress> getTargets(String client);
}
