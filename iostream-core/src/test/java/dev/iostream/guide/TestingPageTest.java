package dev.iostream.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What the page about testing shows. */
class TestingPageTest {
    @Nested
    class First {
        @Test
        void anEchoServerSendsLinesBack() {
            var simulation =
                    new Simulation(Link.perfect().latency(Duration.ofMillis(5)).chunk(1));
            var peers = simulation.connect();
            var received = new ArrayList<String>();

            EchoServer.serve(peers.server());
            peers.client().write("hello\n");
            peers.client().readUntil("\n", line -> received.add(new String(line)));
            simulation.run();

            assertThat(received).containsExactly("hello\n");
        }
    }

    @Nested
    class Chopped {
        @RepeatedTest(20)
        void linesAreEchoedHoweverTheyArrive() {
            var simulation = new Simulation(Link.perfect().randomChunks(7));
            var peers = simulation.connect();
            var received = new ArrayList<String>();

            EchoServer.serve(peers.server());
            peers.client().write("one\ntwo\nthree\n");
            peers.client().readUntil("three\n", all -> received.add(new String(all)));
            simulation.run();

            assertThat(received).as("seed %d", simulation.seed()).containsExactly("one\ntwo\nthree\n");
        }

        @Test
        void theSameSeedGivesTheSameRun() {
            var link = Link.perfect().randomChunks(7);
            var simulation = new Simulation(link, 5_301_992_773_015L);

            assertThat(simulation.seed()).isEqualTo(5_301_992_773_015L);
        }
    }

    @Nested
    class Time {
        private final Simulation simulation = new Simulation(Link.perfect());

        @Test
        void aDayPassesAtOnce() {
            StreamOptions options =
                    StreamOptions.builder().idleTimeout(Duration.ofHours(24)).build();
            IOStream stream =
                    simulation.connect(StreamOptions.defaults(), options).server();

            simulation.run(Duration.ofHours(23));
            assertThat(stream.closed()).isFalse();
            simulation.run(Duration.ofHours(1));
            assertThat(stream.closeReason()).isEqualTo(CloseReason.IDLE_DEADLINE);
        }

        @Test
        void aPauseOfTheProcess() {
            var simulation = new Simulation(Link.perfect().latency(Duration.ofMillis(5)));
            StreamOptions options =
                    StreamOptions.builder().readTimeout(Duration.ofSeconds(10)).build();
            var peers = simulation.connect(StreamOptions.defaults(), options);
            var received = new ArrayList<String>();
            peers.server().readUntil("\n", line -> received.add(new String(line)));
            peers.client().write("half a ");
            simulation.run(Duration.ofSeconds(1));

            peers.client().write("line\n");
            simulation.run(Duration.ofMillis(1));
            simulation.standStill(Duration.ofMinutes(1));
            simulation.run();

            assertThat(received).containsExactly("half a line\n");
        }
    }

    @Nested
    class Slow {
        @Test
        void aPeerThatDoesNotRead() {
            var simulation = new Simulation(Link.perfect().window(16 * 1024));
            var peers = simulation.connect();

            EchoServer.serve(peers.server());
            peers.client().write("a line\n".repeat(100_000));
            simulation.run();

            assertThat(peers.server().writable()).isFalse();
            assertThat(peers.server().unsentBytes()).isLessThan(300_000);
        }
    }

    @Nested
    class Servers {
        private final Simulation simulation = new Simulation(Link.perfect());
        private final List<String> log = new ArrayList<>();
        private final InetSocketAddress address = new InetSocketAddress(address("10.0.0.1"), 9000);

        private static InetAddress address(String literal) {
            try {
                return InetAddress.getByName(literal);
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }

        private void connect() {
            StreamOptions options =
                    StreamOptions.builder().dial(simulation.dialOptions()).build();
            IOStream stream = IOStream.open(simulation.loop(), options);
            stream.connect(
                    "echo.example",
                    9000,
                    null,
                    () -> log.add("connected"),
                    (errno, message) -> log.add(Errno.text(errno)));
            simulation.run();
        }

        @Test
        void aServerAndANameForIt() {
            ServerOptions options = ServerOptions.named("echo").network(simulation.network());
            var server = new TCPServer(simulation.loop(), EchoServer::serve, options);
            server.listen(address);
            simulation.name("echo.example", address.getAddress());
            connect();

            assertThat(log).containsExactly("connected");
            assertThat(server.stats().opened()).isEqualTo(1);
        }

        @Test
        void nobodyListens() {
            simulation.name("echo.example", address.getAddress());
            connect();

            assertThat(log).containsExactly("Connection refused");
        }

        @Test
        void refused() {
            simulation.name("echo.example", address.getAddress());
            simulation.refuse(address);
            connect();

            assertThat(log).containsExactly("Connection refused");
        }

        @Test
        void unreachable() {
            simulation.name("echo.example", address.getAddress());
            simulation.unreachable(address);
            connect();

            assertThat(log).containsExactly("No route to host");
        }

        @Test
        void silent() {
            simulation.name("echo.example", address.getAddress());
            simulation.blackHole(address);
            connect();

            assertThat(log).containsExactly("Connection timed out");
        }

        @Test
        void aNameThatNobodyKnowsAnythingAbout() {
            simulation.silentName("echo.example");
            connect();

            assertThat(log).containsExactly("Connection timed out");
        }

        @Test
        void anUnknownName() {
            connect();

            assertThat(log).containsExactly("Name or service not known");
        }
    }
}
