package dev.iostream.boot.autoconfigure.endpoint;

import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The properties of the endpoint that Spring Boot does not have for every endpoint. */
@ConfigurationProperties("management.endpoint.iostream")
public class IOStreamEndpointProperties {
    /** When to show the addresses and identities of peers. */
    private Show showValues = Show.NEVER;

    /** Roles of which one is needed to be shown peers when that takes authorization. Empty for every user that is known. */
    private final Set<String> roles = new LinkedHashSet<>();

    public Show getShowValues() {
        return showValues;
    }

    public void setShowValues(Show showValues) {
        this.showValues = showValues;
    }

    public Set<String> getRoles() {
        return roles;
    }
}
