// The limit: a single-threaded level-triggered epoll server. gcc -O2 -march=native -o cserver cserver.c
//   ./cserver echo|sink|source|fanout
// Prints "ready" and the port it listens on, which the system chooses; loopback only. Then it answers each line on
// standard input with its name and a figure, as the servers on the JVM do, and ends when standard input does.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAYLOAD = 1 << 16, EVENTS = 1024, ACCEPTS = 256, READS = 16, WRITES = 4 };

typedef enum { ECHO, SINK, SOURCE, FANOUT } job_t;

typedef struct conn {
    int fd;
    uint32_t watched;
    char *out;                   // what the socket did not take: out_len bytes from out_at on
    size_t out_at, out_len, out_cap;
    char *in;                    // the start of a line
    size_t in_len, in_cap;
    size_t sent;                 // source: bytes of the payload that have gone
    struct conn *next, **link;   // all connections, for fan-out
} conn;

static job_t job;
static int epoll;
static char input[PAYLOAD], payload[PAYLOAD];
static conn *all;
static unsigned long received;

static void die(const char *what) { perror(what); exit(1); }

static void watch(conn *c, uint32_t events) {
    if (c->watched == events) return;
    c->watched = events;
    struct epoll_event e = {events, {.ptr = c}};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
}

static void send_bytes(conn *c, const char *bytes, size_t n) {
    if (!c->out_len) {
        ssize_t taken = send(c->fd, bytes, n, MSG_NOSIGNAL);
        if (taken < 0) taken = 0;
        if ((size_t)taken == n) return;
        bytes += taken;
        n -= taken;
    }
    if (c->out_at + c->out_len + n > c->out_cap) {
        memmove(c->out, c->out + c->out_at, c->out_len);
        c->out_at = 0;
        while (c->out_len + n > c->out_cap) c->out = realloc(c->out, c->out_cap = c->out_cap ? c->out_cap * 2 : 65536);
    }
    memcpy(c->out + c->out_at + c->out_len, bytes, n);
    c->out_len += n;
    watch(c, EPOLLIN | EPOLLOUT);
}

static void flush(conn *c) {
    ssize_t taken = send(c->fd, c->out + c->out_at, c->out_len, MSG_NOSIGNAL);
    if (taken > 0) {
        c->out_at += taken;
        c->out_len -= taken;
    }
    if (!c->out_len) {
        c->out_at = 0;
        watch(c, EPOLLIN);
    }
}

static void answer(conn *c, const char *lines, size_t n) {
    if (job == ECHO) send_bytes(c, lines, n);
    else for (conn *each = all; each; each = each->next) send_bytes(each, lines, n);
}

// The last newline ends what can be answered; what follows it is kept. Only the newly read bytes are searched.
static void take_lines(conn *c, char *bytes, size_t n, size_t fresh) {
    char *last = memrchr(bytes + n - fresh, '\n', fresh);
    size_t whole = last ? (size_t)(last + 1 - bytes) : 0, rest = n - whole;
    if (whole) answer(c, bytes, whole);
    if (rest > c->in_cap) {      // bytes may be in c->in itself, but then nothing grows
        c->in = realloc(c->in, c->in_cap = rest * 2);
    }
    if (rest && c->in != bytes) memmove(c->in, bytes + whole, rest);
    else if (rest && whole) memmove(c->in, c->in + whole, rest);
    c->in_len = rest;
}

static void read_lines(conn *c, size_t n) {
    if (!c->in_len) {
        take_lines(c, input, n, n);
        return;
    }
    size_t total = c->in_len + n;
    if (total > c->in_cap) c->in = realloc(c->in, c->in_cap = total * 2);
    memcpy(c->in + c->in_len, input, n);
    take_lines(c, c->in, total, n);
}

static void close_conn(conn *c) {
    *c->link = c->next;
    if (c->next) c->next->link = c->link;
    close(c->fd);
    free(c->in);
    free(c->out);
    free(c);
}

static void send_payload(conn *c) {
    for (int i = 0; i < WRITES; i++) {
        ssize_t taken = send(c->fd, payload + c->sent, PAYLOAD - c->sent, MSG_NOSIGNAL);
        if (taken <= 0) return;
        c->sent = (c->sent + taken) % PAYLOAD;
        if (c->sent) return;
    }
}

static void readable(conn *c) {
    for (int i = 0; i < (job == SINK ? READS : 1); i++) {
        ssize_t n = recv(c->fd, input, sizeof input, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) {
            close_conn(c);
            return;
        }
        received += n;
        if (job == ECHO || job == FANOUT) read_lines(c, n);
        if ((size_t)n < sizeof input) return;    // a short read has emptied the socket
    }
}

static void accept_all(int listener) {
    int fd, one = 1;
    for (int i = 0; i < ACCEPTS && (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0; i++) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        conn *c = calloc(1, sizeof *c);
        c->fd = fd;
        c->watched = job == SOURCE ? EPOLLIN | EPOLLOUT : EPOLLIN;
        c->next = all;
        c->link = &all;
        if (all) all->link = &c->next;
        all = c;
        struct epoll_event e = {c->watched, {.ptr = c}};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
    }
}

static void console(void) {
    char name[64];
    if (!fgets(name, sizeof name, stdin)) exit(0);
    name[strcspn(name, "\n")] = 0;
    printf("%s %ld\n", name, strcmp(name, "received") ? -1L : (long)received);
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *jobs[] = {"echo", "sink", "source", "fanout"};
    for (job = ECHO; job <= FANOUT && (argc < 2 || strcmp(argv[1], jobs[job])); job++);
    if (job > FANOUT) {
        fprintf(stderr, "see the head of cserver.c\n");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < PAYLOAD; i++) payload[i] = i * 7 + (i >> 8);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    if (bind(listener, (void *)&a, len) || listen(listener, 4096) || getsockname(listener, (void *)&a, &len)) die("listen");
    epoll = epoll_create1(0);
    int listening, asked;        // their addresses tell the two apart from connections
    struct epoll_event e = {EPOLLIN, {.ptr = &listening}}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
    e.data.ptr = &asked;
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &e);
    printf("ready %d\n", ntohs(a.sin_port));
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == &listening) {
                accept_all(listener);
            } else if (events[i].data.ptr == &asked) {
                console();
            } else {
                conn *c = events[i].data.ptr;
                if (events[i].events & EPOLLOUT) {
                    if (job == SOURCE) send_payload(c);
                    else if (c->out_len) flush(c);
                }
                if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
            }
        }
    }
}
