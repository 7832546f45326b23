package dev.iostream.boot.actuate;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.event.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Tells the version of iostream, and where the servers listen. */
public final class IOStreamInfoContributor implements InfoContributor {
    private final IOStreamServers servers;

    /** Of these servers. */
    public IOStreamInfoContributor(IOStreamServers servers) {
        this.servers = servers;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, List<String>> addresses = new LinkedHashMap<>();
        servers.forEach(binding -> addresses.put(
                binding.name(),
                binding.server().localAddresses().stream()
                        .map(Printable::address)
                        .toList()));
        Map<String, Object> details = new LinkedHashMap<>();
        String version = IOStreamInfoContributor.class.getPackage().getImplementationVersion();
        if (version != null) {
            details.put("version", version);
        }
        details.put("servers", addresses);
        builder.withDetail("iostream", details);
    }
}
