package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.IOStreamTlsReloadedEvent;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.loop.MemoryBudget;
import dev.iostream.stream.StreamOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ApplicationListener;

/**
 * The meters of all servers, clients and loops, as {@link IOStreamMeters} documents them.
 *
 * <p>Next to nothing is counted here: most meters read what loops have counted when somebody asks for it, so counters go on
 * where they were after a stop and a start. Only when connections open and close are timers and summaries told.
 */
public final class IOStreamMetrics
        implements MeterBinder, ApplicationListener<IOStreamTlsReloadedEvent>, AutoCloseable {
    private final IOLoopGroup group;
    private final LoopHeartbeats heartbeats;
    private final IOStreamServers servers;
    private final IOStreamClients clients;
    private final IOStreamFactory factory;
    private final StreamRecorders recorders;
    private final LargestBuffers largest;
    private final List<MeterBook> books = new ArrayList<>();
    private final List<LoopMeters> loops = new ArrayList<>();

    /** Meters for these, in every registry that they are bound to. */
    public IOStreamMetrics(
            IOLoopGroup group,
            LoopHeartbeats heartbeats,
            IOStreamServers servers,
            IOStreamClients clients,
            IOStreamFactory factory,
            StreamRecorders recorders) {
        this.group = group;
        this.heartbeats = heartbeats;
        this.servers = servers;
        this.clients = clients;
        this.factory = factory;
        this.recorders = recorders;
        this.largest = new LargestBuffers(group.loops());
        heartbeats.add(largest);
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        var book = new MeterBook(registry);
        books.add(book);
        servers.forEach(binding -> ServerMeters.register(book, binding, largest));
        clients.forEach(binding -> ClientMeters.register(book, binding.client(), largest));
        StreamOptions streams = factory.options();
        var ofFactory = new EndpointMeters(
                book, EndpointRole.FACTORY, streams.endpoint().name(), streams.endpoint()::stats);
        ofFactory.register(streams, largest);
        recorders.all().forEach(recorder -> recorder.bind(book));
        MemoryBudget memory = group.memory();
        book.gauge(IOStreamMeters.MEMORY_USED, Tags.empty(), memory::used);
        book.gauge(IOStreamMeters.MEMORY_LIMIT, Tags.empty(), memory::limit);
        var ofLoops = new LoopMeters(book, group.loops());
        heartbeats.add(ofLoops);
        loops.add(ofLoops);
    }

    @Override
    public void onApplicationEvent(IOStreamTlsReloadedEvent event) {
        for (StreamRecorder recorder : recorders.all()) {
            if (recorder.role() == event.getRole() && recorder.endpoint().equals(event.getEndpoint())) {
                recorder.reloaded(event.isSuccessful());
            }
        }
    }

    /** Removes the meters from every registry that they were bound to, since a registry may outlive the servers. */
    @Override
    public synchronized void close() {
        heartbeats.remove(largest);
        loops.forEach(heartbeats::remove);
        loops.clear();
        recorders.all().forEach(StreamRecorder::unbind);
        books.forEach(MeterBook::close);
        books.clear();
    }
}
