package dev.iostream.boot.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

/** Whether the health of a client counts. */
@ConfigurationPropertiesSource
public class ClientHealthProperties {
    /** Whether the client is part of the application's health, which is then down while its target is. */
    private boolean enabled;

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }
}
