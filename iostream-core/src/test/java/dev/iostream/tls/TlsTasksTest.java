package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads of the slow parts of handshakes. */
class TlsTasksTest {
    @Test
    void aThreadHoldsOnToNothingOfWhoeverCausedIt() throws Exception {
        Thread caller = Thread.currentThread();
        ClassLoader former = caller.getContextClassLoader();
        try (var application = new URLClassLoader(new URL[0], former)) {
            caller.setContextClassLoader(application);
            var loader = new CompletableFuture<ClassLoader>();
            TlsTasks.SHARED.execute(() -> loader.complete(Thread.currentThread().getContextClassLoader()));
            assertThat(loader.get(20, TimeUnit.SECONDS)).isSameAs(ClassLoader.getSystemClassLoader());
        } finally {
            caller.setContextClassLoader(former);
        }
    }
}
