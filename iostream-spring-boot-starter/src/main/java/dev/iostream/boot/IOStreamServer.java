package dev.iostream.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.stereotype.Component;

/**
 * Binds a {@link dev.iostream.server.StreamHandler} to servers that are configured under {@code iostream.server.<name>}.
 *
 * <p>On a class it makes it a component; on a {@code @Bean} method it goes with what the method returns. It says nothing
 * about the name of the bean. A handler of singleton scope serves all streams; of one in prototype scope each stream has
 * an instance of its own.
 *
 * <pre>{@code
 * @IOStreamServer("echo")
 * class EchoHandler implements StreamHandler {
 *     public void handle(IOStream stream) {
 *         stream.readUntil("\n", line -> stream.write(line, () -> handle(stream)));
 *     }
 * }
 * }</pre>
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface IOStreamServer {
    // an array also keeps the value from being taken for a bean name, as a String of a stereotype would be
    /** The names of the servers. */
    String[] value();
}
