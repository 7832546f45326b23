/** An event loop on {@code java.nio} and callback streams over it. */
module dev.iostream.core {
    requires static transitive org.jspecify;
    // who is at the other end of a Unix-domain socket
    requires static jdk.net;

    exports dev.iostream.client;
    exports dev.iostream.dns;
    exports dev.iostream.event;
    exports dev.iostream.loop;
    exports dev.iostream.proxy;
    exports dev.iostream.server;
    exports dev.iostream.simulation;
    exports dev.iostream.stream;
    exports dev.iostream.tls;
    exports dev.iostream.transport;
}
