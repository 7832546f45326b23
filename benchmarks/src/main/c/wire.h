// A connection to the server: TCP, or TLS over it when compiled with -DTLS (needs OpenSSL's headers and library).
#ifndef WIRE_H
#define WIRE_H
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

enum { CONNECTING, SECURING, OPEN };
enum { AGAIN = -1, ENDED = -2 };         // of wire_send and wire_receive; anything else is a number of bytes

typedef struct conn {
    int fd, state;
    uint32_t watched;
    void *tls;
    uint64_t begun;                      // ns, when it was dialled
    uint64_t sent, received;             // bytes, which tell where in the expected bytes it is
    uint64_t owed;                       // bytes still to be sent
    unsigned asked, answered;            // messages
    uint64_t *times;                     // when the messages in flight were asked, a ring
} conn;

static int port, sources = 1, secure, epoll;

static void die(const char *what) { perror(what); exit(1); }
static void fail(const char *what) { fprintf(stderr, "%s\n", what); exit(2); }

static void watch(conn *c, uint32_t events) {
    if (c->watched == events) return;
    struct epoll_event e = {events, {.ptr = c}};
    if (epoll_ctl(epoll, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl");
    c->watched = events;
}

#ifdef TLS
static SSL_CTX *tls_context;

// One cipher suite for all servers, so that engines are compared and not ciphers. Sessions are never resumed.
static void wire_init(void) {
    tls_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(tls_context, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(tls_context, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_mode(tls_context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

static int tls_result(conn *c, int r) {
    switch (SSL_get_error(c->tls, r)) {
        case SSL_ERROR_WANT_READ: return AGAIN;
        case SSL_ERROR_WANT_WRITE: watch(c, EPOLLIN | EPOLLOUT); return AGAIN;
        case SSL_ERROR_ZERO_RETURN: return ENDED;
        default: ERR_print_errors_fp(stderr); fail("TLS failed"); return ENDED;
    }
}
#else
static void wire_init(void) { fail("this load generator was compiled without TLS"); }
#endif

static void wire_dial(conn *c) {
    static int next;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (sources > 1) {                   // each source address has ports of its own
        struct sockaddr_in s = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + next++ % sources)};
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(fd, (void *)&s, sizeof s)) die("bind");
    }
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint64_t *times = c->times;
    memset(c, 0, sizeof *c);
    c->times = times;
    c->fd = fd;
    c->begun = now();
    if (connect(fd, (void *)&a, sizeof a) && errno != EINPROGRESS) die("connect");
    watch(c, EPOLLIN | EPOLLOUT);
}

// Goes on towards OPEN; true when it has just got there.
static int wire_open(conn *c, uint32_t events) {
    if (c->state == CONNECTING) {
        if (events & (EPOLLERR | EPOLLHUP)) fail("a connection was refused");
        if (!(events & EPOLLOUT)) return 0;
        c->state = secure ? SECURING : OPEN;
        watch(c, EPOLLIN);
    }
#ifdef TLS
    if (c->state == SECURING) {
        if (!c->tls) {
            c->tls = SSL_new(tls_context);
            SSL_set_fd(c->tls, c->fd);
            SSL_set_connect_state(c->tls);
        }
        watch(c, EPOLLIN);
        int r = SSL_do_handshake(c->tls);
        if (r == 1) c->state = OPEN;
        else if (tls_result(c, r) == ENDED) fail("a handshake ended early");
    }
#endif
    return c->state == OPEN;
}

static ssize_t wire_send(conn *c, const char *bytes, size_t n) {
#ifdef TLS
    if (c->tls) {
        int r = SSL_write(c->tls, bytes, n);
        return r > 0 ? r : tls_result(c, r);
    }
#endif
    ssize_t r = send(c->fd, bytes, n, MSG_NOSIGNAL);
    if (r < 0 && errno != EAGAIN) die("send");
    return r < 0 ? AGAIN : r;
}

static ssize_t wire_receive(conn *c, char *bytes, size_t n) {
#ifdef TLS
    if (c->tls) {
        int r = SSL_read(c->tls, bytes, n);
        return r > 0 ? r : tls_result(c, r);
    }
#endif
    ssize_t r = recv(c->fd, bytes, n, 0);
    if (r < 0 && errno != EAGAIN) die("recv");
    return r < 0 ? AGAIN : r == 0 ? ENDED : r;
}

static void wire_close(conn *c) {
#ifdef TLS
    if (c->tls) {
        SSL_shutdown(c->tls);
        SSL_free(c->tls);
        c->tls = NULL;
    }
#endif
    close(c->fd);
}
#endif
