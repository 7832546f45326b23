package dev.iostream.event;

/** Why a stream closed. The words of meters and of the access log are these names in lower case. */
public enum CloseReason {
    /** {@code close()} was called here. */
    LOCAL,
    /** {@code abort()} was called here, or the stream that was piped into this one broke off. */
    ABORTED,
    /** The peer ended its side, and nothing readable was left. */
    PEER_END,
    /** The peer or the network reset the connection. */
    PEER_RESET,
    /** The connection could not be made. */
    CONNECT_FAILED,
    /** The name was not resolved within the DNS deadline. */
    DNS_DEADLINE,
    /** The connection was not made within the connect deadline. */
    CONNECT_DEADLINE,
    /** The TLS handshake did not end within its deadline. */
    HANDSHAKE_DEADLINE,
    /** No byte came within the first-byte deadline. */
    FIRST_BYTE_DEADLINE,
    /** A message was begun but not completed within the read deadline. */
    READ_DEADLINE,
    /** Nothing was read or written for as long as the idle deadline. */
    IDLE_DEADLINE,
    /** The peer took no bytes for as long as the write-stall deadline. */
    WRITE_STALL,
    /** Queued bytes did not leave within the close deadline. */
    CLOSE_DEADLINE,
    /** A read could not be satisfied within its limit. */
    READ_LIMIT,
    /** A pattern took more steps than its budget. */
    PATTERN_BUDGET,
    /** A write failed for another cause than a reset. */
    WRITE_FAILED,
    /** TLS failed: a certificate, a protocol, a record. */
    TLS_FAILED,
    /** The TLS peer ended the connection without saying so. */
    TLS_TRUNCATED,
    /** Bytes that are not TLS came where TLS was due. */
    PLAINTEXT_ON_TLS,
    /** The server held as many connections as it may. */
    CONNECTION_LIMIT,
    /** The peer's address or identity is not allowed. */
    ACCESS_DENIED,
    /** The PROXY protocol header was missing or wrong. */
    PROXY_PROTOCOL,
    /** All streams of the loop group together held more memory than they may; what this one had read is dropped. */
    MEMORY_BUDGET,
    /** A callback of the stream threw, or the stream itself failed, as where there is no memory. */
    CALLBACK_FAILED,
    /** A draining server let the stream end. */
    DRAINED,
    /** A draining server reached its deadline. */
    DRAIN_DEADLINE,
    /** The loop was closed. */
    LOOP_CLOSED,
    /** The loop's thread died. */
    LOOP_DIED,
    /** Another stream took over the transport. */
    DETACHED
}
