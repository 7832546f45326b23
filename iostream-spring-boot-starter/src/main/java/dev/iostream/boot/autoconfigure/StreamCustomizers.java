package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.stream.StreamOptions;
import java.util.List;

/** All customizers of stream options, one after the other. */
record StreamCustomizers(List<StreamOptionsCustomizer> all) implements StreamOptionsCustomizer {
    @Override
    public StreamOptions customize(EndpointRole role, String endpoint, StreamOptions options) {
        StreamOptions customized = options;
        for (StreamOptionsCustomizer each : all) {
            customized = each.customize(role, endpoint, customized);
            if (customized.endpoint() != options.endpoint()) {
                throw new IllegalStateException("The streams of " + role + " '" + endpoint
                        + "' cannot be counted towards another endpoint; " + each + " returned options of '"
                        + customized.endpoint().name() + "'");
            }
        }
        return customized;
    }
}
