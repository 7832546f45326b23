package dev.iostream.transport;

import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Does with a transport what a stream does until bytes flow, and remembers what happened. */
final class Dialled implements ReadyHandler {
    final Transport transport;
    final List<Stage> stages = new ArrayList<>();
    final IOLoop loop;
    IOException failure;
    int toldAfterTheEnd;
    long endedAt = -1;
    Runnable atTheEnd = () -> {};

    Dialled(Transport transport, IOLoop loop) {
        this.transport = transport;
        this.loop = loop;
    }

    Dialled begin() {
        try {
            transport.attach(this);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        establish();
        return this;
    }

    @Override
    public void ready(int interest) {
        if (ended()) {
            toldAfterTheEnd++;
            // nobody does anything about it, so that it would be told for ever
            transport.watch(Interest.NONE);
        } else {
            establish();
        }
    }

    private void establish() {
        try {
            Stage stage = transport.establish();
            if (stages.isEmpty() || stages.get(stages.size() - 1) != stage) {
                stages.add(stage);
            }
        } catch (IOException e) {
            failure = e;
            transport.close();
        }
        if (ended()) {
            endedAt = loop.nanoTime() / 1_000_000;
            atTheEnd.run();
        }
    }

    boolean ready() {
        return stages.contains(Stage.READY);
    }

    boolean ended() {
        return failure != null || ready();
    }
}
