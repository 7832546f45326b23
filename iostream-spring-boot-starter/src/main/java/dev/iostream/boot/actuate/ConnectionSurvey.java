package dev.iostream.boot.actuate;

import dev.iostream.boot.actuate.Diagnosis.Look;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.loop.LoopMember;
import dev.iostream.stream.ServedStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at the connections of a server or client, on their loops, twice and a moment apart. A loop that does not answer is
 * not waited for: that it does not is the answer.
 */
final class ConnectionSurvey {
    /** Between the two looks; a loop that needs longer to get to the first is busy. */
    static final Duration MOMENT = Duration.ofMillis(100);

    private final IOLoopGroup group;
    private final Duration patience;

    /**
     * Looks at connections on these loops.
     *
     * @param patience how long a loop is waited for, longer than a moment
     */
    ConnectionSurvey(IOLoopGroup group, Duration patience) {
        this.group = group;
        this.patience = patience;
    }

    /**
     * What was found.
     *
     * @param connections those that hold most first
     * @param unanswered the loops that did not answer, on which there may be more
     */
    record Findings(List<ConnectionDescriptor> connections, List<String> unanswered) {}

    /** Looks at the connections of that endpoint, at most so many, those that hold most. */
    Findings look(Endpoint endpoint, int most, boolean showPeers) {
        List<String> unanswered = new ArrayList<>();
        List<ConnectionDescriptor> found = new ArrayList<>();
        ask(loop -> lookOn(loop, endpoint, most, showPeers), List.<ConnectionDescriptor>of())
                .forEach(answer -> {
                    if (answer.part().isDone()) {
                        found.addAll(answer.part().join());
                    } else {
                        unanswered.add(answer.loop().name());
                    }
                });
        List<ConnectionDescriptor> heaviest = found.stream()
                .sorted(Comparator.comparingLong(ConnectionDescriptor::held)
                        .reversed()
                        .thenComparingLong(ConnectionDescriptor::id))
                .limit(most)
                .toList();
        return new Findings(heaviest, unanswered);
    }

    private CompletableFuture<List<ConnectionDescriptor>> lookOn(
            IOLoop loop, Endpoint endpoint, int most, boolean showPeers) {
        long asked = loop.clock();
        var answer = new CompletableFuture<List<ConnectionDescriptor>>();
        loop.addCallback(() -> {
            boolean busy = loop.clock() - asked > MOMENT.toNanos();
            List<ServedStream> streams = heaviest(loop, endpoint, most);
            List<Look> before = streams.stream().map(ConnectionSurvey::look).toList();
            loop.addTimeout(MOMENT, () -> {
                List<ConnectionDescriptor> found = new ArrayList<>();
                for (int i = 0; i < before.size(); i++) {
                    Look now = look(streams.get(i));
                    if (!now.info().state().equals("CLOSED")) {
                        Diagnosis diagnosis = Diagnosis.of(before.get(i), now, busy);
                        found.add(ConnectionDescriptor.of(now.info(), diagnosis, showPeers));
                    }
                }
                answer.complete(found);
            });
        });
        return answer;
    }

    private static Look look(ServedStream stream) {
        return new Look(stream.info(), stream.stream().reading());
    }

    private static List<ServedStream> heaviest(IOLoop loop, Endpoint endpoint, int most) {
        var chosen = new PriorityQueue<LoopMember>(Comparator.comparingLong(LoopMember::held));
        loop.eachMember(stream -> {
            if (stream.endpoint() == endpoint && stream instanceof ServedStream) {
                chosen.add(stream);
                if (chosen.size() > most) {
                    chosen.poll();
                }
            }
        });
        return chosen.stream().map(ServedStream.class::cast).toList();
    }

    /** Closes one connection as {@link dev.iostream.stream.IOStream#close()} does. */
    ClosingDescriptor close(Endpoint endpoint, long id) {
        boolean closed = false;
        List<String> unanswered = new ArrayList<>();
        for (Answer<Boolean> answer : ask(loop -> closeOn(loop, endpoint, id), false)) {
            if (answer.part().isDone()) {
                closed |= answer.part().join();
            } else {
                unanswered.add(answer.loop().name());
            }
        }
        return new ClosingDescriptor(closed, closed ? List.of() : unanswered);
    }

    private static CompletableFuture<Boolean> closeOn(IOLoop loop, Endpoint endpoint, long id) {
        var answer = new CompletableFuture<Boolean>();
        loop.addCallback(() -> {
            boolean closed = false;
            for (ServedStream stream : ServedStream.of(endpoint, loop)) {
                if (stream.info().id() == id && !stream.stream().closed()) {
                    stream.stream().close();
                    closed = true;
                }
            }
            answer.complete(closed);
        });
        return answer;
    }

    // ---- asking all loops

    private record Answer<T>(IOLoop loop, CompletableFuture<T> part) {}

    private interface Question<T> {
        CompletableFuture<T> askOn(IOLoop loop);
    }

    /** Asks each loop, and waits for those that answer. */
    private <T> List<Answer<T>> ask(Question<T> question, T ofClosed) {
        List<Answer<T>> answers = group.loops().stream()
                .map(loop -> new Answer<>(loop, ask(question, loop, ofClosed)))
                .toList();
        CompletableFuture<?>[] parts = answers.stream().map(Answer::part).toArray(CompletableFuture<?>[]::new);
        await(CompletableFuture.allOf(parts));
        return answers;
    }

    private static <T> CompletableFuture<T> ask(Question<T> question, IOLoop loop, T ofClosed) {
        try {
            return question.askOn(loop);
        } catch (RejectedExecutionException e) {
            // the loop is closed, and has nothing any more
            return CompletableFuture.completedFuture(ofClosed);
        }
    }

    private void await(CompletableFuture<Void> all) {
        try {
            all.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // who has not answered by now counts as busy
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not look at the connections: " + e.getCause(), e);
        }
    }
}
