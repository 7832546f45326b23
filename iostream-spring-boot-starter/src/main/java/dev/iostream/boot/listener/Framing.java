package dev.iostream.boot.listener;

import dev.iostream.stream.IOStream;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Where a message ends. */
sealed interface Framing {
    /** Reads the next message. */
    void read(IOStream stream, Consumer<byte[]> message);

    /** How much of what was read is the message. */
    default int length(byte[] read) {
        return read.length;
    }

    /** What ends an answer; empty for nothing. */
    default byte[] end() {
        return new byte[0];
    }

    /** At a delimiter, which is none of it. */
    record Delimited(byte[] delimiter, int maxBytes, boolean answersToo) implements Framing {
        @Override
        public void read(IOStream stream, Consumer<byte[]> message) {
            stream.readUntil(delimiter, maxBytes, message);
        }

        @Override
        public int length(byte[] read) {
            return read.length - delimiter.length;
        }

        @Override
        public byte[] end() {
            return answersToo ? delimiter : new byte[0];
        }
    }

    /** After so many bytes. */
    record Fixed(int bytes) implements Framing {
        @Override
        public void read(IOStream stream, Consumer<byte[]> message) {
            stream.readBytes(bytes, message);
        }
    }

    /** With what a pattern matches. */
    record Matched(Pattern pattern, int maxBytes) implements Framing {
        @Override
        public void read(IOStream stream, Consumer<byte[]> message) {
            stream.readUntilPattern(pattern, maxBytes, message);
        }
    }
}
