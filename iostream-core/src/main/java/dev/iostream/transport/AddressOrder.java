package dev.iostream.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In which order the addresses of a name are tried: families by turns, beginning with the preferred one's. */
final class AddressOrder {
    private AddressOrder() {}

    /**
     * The addresses of {@code family}, or all, each once, with the families interlaced (RFC 8305, section 4): when one
     * family does not work here, the second attempt is already of the other.
     */
    static List<InetAddress> of(List<InetAddress> addresses, @Nullable ProtocolFamily family) {
        var primary = new ArrayDeque<InetAddress>();
        var secondary = new ArrayDeque<InetAddress>();
        for (InetAddress address : new LinkedHashSet<>(addresses)) {
            if (family == null || family == familyOf(address)) {
                boolean first = primary.isEmpty() || familyOf(primary.getFirst()) == familyOf(address);
                (first ? primary : secondary).addLast(address);
            }
        }
        var order = new ArrayList<InetAddress>();
        while (!primary.isEmpty() || !secondary.isEmpty()) {
            InetAddress one = primary.pollFirst();
            InetAddress other = secondary.pollFirst();
            if (one != null) {
                order.add(one);
            }
            if (other != null) {
                order.add(other);
            }
        }
        return order;
    }

    private static ProtocolFamily familyOf(InetAddress address) {
        return address instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }
}
