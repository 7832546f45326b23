package dev.iostream.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Names a client that is configured under {@code iostream.client.<name>}.
 *
 * <p>At an injection point it says which {@link dev.iostream.client.TCPClient} is meant, or which {@link
 * dev.iostream.client.SupervisedConnection}. On a class it binds a {@link dev.iostream.client.ConnectionHandler} to the
 * client, and makes it a component; on a {@code @Bean} method it goes with what the method returns. It says nothing about
 * the name of the bean.
 *
 * <pre>{@code
 * @IOStreamClient("switch")
 * class SignOn implements ConnectionHandler {
 *     public void onUp(IOStream stream) {
 *         stream.write("HELLO\n");
 *     }
 * }
 *
 * @Service
 * class Payments {
 *     Payments(@IOStreamClient("switch") SupervisedConnection connection) { ... }
 * }
 * }</pre>
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier
@Component
public @interface IOStreamClient {
    // an array also keeps the value from being taken for a bean name, as a String of a stereotype would be
    /** The name of the client; several for a handler that serves several. */
    String[] value();
}
