package dev.iostream.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * A set of IP networks, to look up whether an address is in one of them. Immutable, and cheap to ask however many there
 * are.
 *
 * <p>A network is written in CIDR notation, {@code 10.0.0.0/8} or {@code 2001:db8::/32}, or as a single address. It is
 * read strictly: no names, no zones, no bits behind the prefix. An IPv4 address that is mapped to IPv6 is an IPv4 address,
 * here and there; {@code ::/0} has no IPv4 address in it, and {@code 0.0.0.0/0} none of IPv6.
 */
public final class IpNetworks {
    private static final IpNetworks NONE = new IpNetworks(List.of(), List.of());

    private static final int IPV4_BYTES = 4;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    // sorted, and without those that another one contains
    private final List<IpNetwork> ipv4;
    private final List<IpNetwork> ipv6;

    private IpNetworks(List<IpNetwork> ipv4, List<IpNetwork> ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /** No network, and so no address. */
    public static IpNetworks none() {
        return NONE;
    }

    /**
     * Those networks.
     *
     * @throws IllegalArgumentException when one is not a network; the message quotes it and says why
     */
    public static IpNetworks of(String... networks) {
        return of(List.of(networks));
    }

    /** The same with a collection. */
    public static IpNetworks of(Collection<String> networks) {
        if (networks.isEmpty()) {
            return NONE;
        }
        List<IpNetwork> all = networks.stream().map(IpNetwork::parse).toList();
        return new IpNetworks(
                distinct(all.stream().filter(IpNetwork::isIpv4)),
                distinct(all.stream().filter(network -> !network.isIpv4())));
    }

    private static List<IpNetwork> distinct(Stream<IpNetwork> networks) {
        List<IpNetwork> distinct = new ArrayList<>();
        networks.sorted().forEach(network -> {
            if (distinct.isEmpty() || !distinct.get(distinct.size() - 1).contains(network)) {
                distinct.add(network);
            }
        });
        return List.copyOf(distinct);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return ipv4.isEmpty() && ipv6.isEmpty();
    }

    /** Whether the address is in one of the networks; its zone does not matter. */
    public boolean contains(InetAddress address) {
        byte[] bytes = unmapped(address.getAddress());
        List<IpNetwork> networks = bytes.length == IPV4_BYTES ? ipv4 : ipv6;
        int low = 0;
        int high = networks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (networks.get(middle).compareFirst(bytes) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // none overlaps another, so that only the last one that begins before the address can have it
        return low > 0 && networks.get(low - 1).contains(bytes);
    }

    /** Java makes IPv4 addresses of these by itself, unless they have a zone. */
    private static byte[] unmapped(byte[] bytes) {
        return bytes.length > IPV4_BYTES && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length)
                ? Arrays.copyOfRange(bytes, MAPPED.length, bytes.length)
                : bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpNetworks networks && ipv4.equals(networks.ipv4) && ipv6.equals(networks.ipv6);
    }

    @Override
    public int hashCode() {
        return 31 * ipv4.hashCode() + ipv6.hashCode();
    }

    /** The networks in order, without those that are within others. */
    @Override
    public String toString() {
        return Stream.concat(ipv4.stream(), ipv6.stream()).toList().toString();
    }
}
