package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the connections that a process can have are divided. */
class ConnectionSharesTest {
    private final Map<String, ServerProperties> servers = new LinkedHashMap<>();

    private ServerProperties server(String name, @Nullable Integer maxConnections) {
        var server = new ServerProperties();
        server.setMaxConnections(maxConnections);
        servers.put(name, server);
        return server;
    }

    @Test
    void aServerMayHoldTenThousand() {
        ServerProperties echo = server("echo", null);
        ServerProperties other = server("other", null);

        var shares = new ConnectionShares(servers, 1_000_000);

        assertThat(shares.of(echo)).isEqualTo(10_000);
        assertThat(shares.of(other)).isEqualTo(10_000);
    }

    @Test
    void whatIsSetIsSet() {
        ServerProperties echo = server("echo", 200_000);

        assertThat(new ConnectionShares(servers, 1_000_000).of(echo)).isEqualTo(200_000);
    }

    @Test
    void aLowLimitOfDescriptorsIsDividedAmongThoseThatSetNothing() {
        server("set", 200);
        ServerProperties echo = server("echo", null);
        ServerProperties other = server("other", null);
        server("off", 5_000).setEnabled(false);

        var shares = new ConnectionShares(servers, 1_000);

        assertThat(shares.of(echo)).isEqualTo(300);
        assertThat(shares.of(other)).isEqualTo(300);
    }

    @Test
    void moreThanTheProcessCanHaveIsRefused() {
        server("echo", 900);

        Analyses.assertThat(catchThrowable(() -> new ConnectionShares(servers, 1_000)))
                .describes("'iostream.server.echo.max-connections' (900) asks for more connections than the process can"
                        + " have: it may open 1000 files and sockets, of which 800 (80 %) can be connections.")
                .advises("Set it lower, or raise the limit of descriptors (ulimit -n, or LimitNOFILE of the service).");
    }

    @Test
    void moreThanIsLeftForOthersIsRefused() {
        server("a", 400);
        server("b", 400);
        server("c", null);

        Analyses.assertThat(catchThrowable(() -> new ConnectionShares(servers, 1_000)))
                .describes("'iostream.server.a.max-connections' (400) and 'iostream.server.b.max-connections' (400) ask"
                        + " for more connections than the process can have: it may open 1000 files and sockets, of"
                        + " which 800 (80 %) can be connections, and other servers need some, too.")
                .advises("Set them lower, or raise the limit of descriptors (ulimit -n, or LimitNOFILE of the"
                        + " service).");
    }
}
