package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.Warnings;
import dev.iostream.event.CloseReason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RejectionsTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    /** The clock's origin is arbitrary, and it may overflow. */
    private static final long START = Long.MAX_VALUE - MINUTE / 2;

    private final Warnings warnings = new Warnings(TCPServer.class);
    private final Rejections rejections = new Rejections("orders", START);

    @AfterEach
    void hearNoMore() {
        warnings.close();
    }

    @Test
    void theyAreCountedByReason() {
        assertThat(rejections.byReason()).isEmpty();
        rejections.add(CloseReason.ACCESS_DENIED, "/192.0.2.1:5 may not connect", START);
        rejections.add(CloseReason.ACCESS_DENIED, "/192.0.2.1:6 may not connect", START);
        rejections.add(CloseReason.PROXY_PROTOCOL, "no header", START);
        assertThat(rejections.byReason())
                .containsOnlyKeys(CloseReason.ACCESS_DENIED, CloseReason.PROXY_PROTOCOL)
                .containsEntry(CloseReason.ACCESS_DENIED, 2L);
    }

    @Test
    void howeverManyThereAreALineIsLoggedOnceAMinute() {
        for (int i = 0; i < 1000; i++) {
            rejections.add(CloseReason.ACCESS_DENIED, "/192.0.2.1:" + i + " may not connect", START + i);
        }
        assertThat(warnings.messages())
                .containsExactly("Server 'orders' refused a connection: /192.0.2.1:0 may not connect");
        rejections.add(CloseReason.PROXY_PROTOCOL, "no header", START + MINUTE - 1);
        assertThat(warnings.messages()).hasSize(1);
        rejections.add(CloseReason.PROXY_PROTOCOL, "no header", START + MINUTE);
        assertThat(warnings.messages())
                .hasSize(2)
                .last()
                .isEqualTo("Server 'orders' refused a connection: no header"
                        + " (and 1000 others since the last such line)");
    }
}
