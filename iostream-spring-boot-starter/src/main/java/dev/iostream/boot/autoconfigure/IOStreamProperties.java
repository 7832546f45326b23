package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/** The {@code iostream} properties. A bare number is bytes for a size and seconds for a duration. */
@ConfigurationProperties("iostream")
public class IOStreamProperties implements Validator {
    /**
     * Size that a stream may hold in each direction, of what was read and not yet asked for, or written and not yet
     * sent. A stream that would hold more read data is closed, and a write that would exceed it is refused.
     */
    @DataSizeUnit(DataUnit.BYTES)
    private DataSize maxBufferSize = DataSize.ofMegabytes(100);

    /** Size that a stream may hold of what was written and not yet sent, if not the same as for reading. */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize maxWriteBufferSize;

    /** Time that a name may take to be resolved. 0 for no limit. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration dnsTimeout = Duration.ofSeconds(30);

    /**
     * Size that all streams may hold in buffers together. Over it those that hold 4 KiB or more are not read, and after
     * a second, or at half as much again, the heaviest are closed. Defaults to a quarter of the maximum heap.
     */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize memoryBudget;

    @NestedConfigurationProperty
    private final LoopProperties loop = new LoopProperties();

    /** Servers by name. */
    private final Map<String, ServerProperties> server = new LinkedHashMap<>();

    /** Clients by name. */
    private final Map<String, ClientProperties> client = new LinkedHashMap<>();

    /** The name of a server's property. */
    static String ofServer(String server, String property) {
        return "iostream.server." + key(server) + "." + property;
    }

    /** The name of a client's property. */
    static String ofClient(String client, String property) {
        return "iostream.client." + key(client) + "." + property;
    }

    private static String key(String name) {
        boolean plain = name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
        return plain ? name : "[" + name + "]";
    }

    @Override
    public boolean supports(Class<?> type) {
        return PropertyRules.supports(type);
    }

    /** Checks the properties themselves, and those of each server, client and group, each when they have been bound. */
    @Override
    public void validate(Object target, Errors errors) {
        new PropertyRules(errors).check(target);
    }

    public DataSize getMaxBufferSize() {
        return maxBufferSize;
    }

    public void setMaxBufferSize(DataSize maxBufferSize) {
        this.maxBufferSize = maxBufferSize;
    }

    public @Nullable DataSize getMaxWriteBufferSize() {
        return maxWriteBufferSize;
    }

    public void setMaxWriteBufferSize(@Nullable DataSize maxWriteBufferSize) {
        this.maxWriteBufferSize = maxWriteBufferSize;
    }

    public Duration getDnsTimeout() {
        return dnsTimeout;
    }

    public void setDnsTimeout(Duration dnsTimeout) {
        this.dnsTimeout = dnsTimeout;
    }

    public @Nullable DataSize getMemoryBudget() {
        return memoryBudget;
    }

    public void setMemoryBudget(@Nullable DataSize memoryBudget) {
        this.memoryBudget = memoryBudget;
    }

    public LoopProperties getLoop() {
        return loop;
    }

    public Map<String, ServerProperties> getServer() {
        return server;
    }

    public Map<String, ClientProperties> getClient() {
        return client;
    }
}
