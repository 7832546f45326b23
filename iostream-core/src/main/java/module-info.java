/** An event loop on {@code java.nio} and callback streams over it. */
module dev.iostream.core {
    requires static transitive org.jspecify;

    exports dev.iostream.dns;
    exports dev.iostream.event;
    exports dev.iostream.loop;
    exports dev.iostream.server;
    exports dev.iostream.simulation;
    exports dev.iostream.stream;
    exports dev.iostream.tls;
    exports dev.iostream.transport;
}
