package dev.iostream.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Lets a method of a bean answer each message that comes to a configured server.
 *
 * <p>The message is a {@code String}, a {@code byte[]} or a {@code ByteBuffer}; beside it the method may take the stream. It
 * answers with what it returns: one of these three, a {@link java.util.concurrent.CompletionStage} of one, or nothing. The
 * next message of a stream is handed over when the one before has been answered, and read no earlier than that, so the order
 * is kept and a peer cannot send faster than it is served. Messages of several streams are handled at the same time.
 *
 * <p>What the method throws, or its stage fails with, closes that stream with {@link
 * dev.iostream.event.CloseReason#CALLBACK_FAILED} and is logged. A bean in prototype scope has an instance for each stream.
 *
 * <pre>{@code
 * @Component
 * class Orders {
 *     @StreamListener(server = "orders", until = "\r\n", maxBytes = "64KB")
 *     String order(String line) {
 *         return "accepted " + line;
 *     }
 * }
 * }</pre>
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface StreamListener {
    /** The names of the servers; placeholders are replaced. */
    String[] server();

    /**
     * What ends a message, in the charset of the listener. The message is handed over without it, and it is sent after each
     * answer, unless {@link #delimitAnswers} says otherwise. Exactly one of this, {@link #bytes} and {@link #pattern} is set.
     */
    String until() default "";

    /** How many bytes each message has. */
    int bytes() default 0;

    /** A pattern that each message ends with, which is handed over, too; it sees each byte as one character. */
    String pattern() default "";

    /**
     * How long a message may be, such as {@code 64KB}; placeholders are replaced. A longer one closes its stream with {@link
     * dev.iostream.event.CloseReason#READ_LIMIT}.
     */
    String maxBytes() default "64KB";

    /** Whether what ends a message is sent after each answer, too. */
    boolean delimitAnswers() default true;

    /** The charset of messages and answers that are {@code String}s. */
    String charset() default "UTF-8";

    /**
     * The bean of an {@link java.util.concurrent.Executor} that runs the method, which may then block; placeholders are
     * replaced. With {@code applicationTaskExecutor} it runs on Spring Boot's threads, virtual ones when these are enabled.
     * By default it runs on the loop of the stream, and must not block.
     */
    String executor() default "";
}
