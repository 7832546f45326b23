// The limit: single-threaded level-triggered epoll server. gcc -O2 -march=native -o cserver cserver.c
// ./cserver PORT echo|echoline|raw|sink|source    (echo: one send per read; echoline: one send per line)
// Prints "ready" and the port it listens on; with PORT 0 the system chooses one. Loopback only.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
typedef struct { int fd, want; char *out; size_t ooff, olen, ocap; char *in; size_t ilen, icap; } conn;
static int ep, mode; static char rb[1 << 16], src[1 << 16];
static void mod(conn *c, int want) { if (c->want == want) return; c->want = want; struct epoll_event e = { want, { .ptr = c } }; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); }
static void out(conn *c, const char *p, size_t n) {
    if (!c->olen) { ssize_t r = send(c->fd, p, n, MSG_NOSIGNAL); if (r < 0) r = 0; if ((size_t)r == n) return; p += r; n -= r; }
    if (c->ooff + c->olen + n > c->ocap) { memmove(c->out, c->out + c->ooff, c->olen); c->ooff = 0; while (c->olen + n > c->ocap) c->out = realloc(c->out, c->ocap = c->ocap ? c->ocap * 2 : 65536); }
    memcpy(c->out + c->ooff + c->olen, p, n); c->olen += n; mod(c, EPOLLIN | EPOLLOUT);
}
static void lines(conn *c, const char *p, size_t n) {
    const char *l;
    if (mode == 0) { l = memrchr(p, '\n', n); if (l) out(c, p, l + 1 - p); } else { l = NULL; const char *q = p, *x; while ((x = memchr(q, '\n', p + n - q))) { out(c, q, x + 1 - q); q = x + 1; l = x; } }
    size_t rest = l ? p + n - (l + 1) : n;
    if (rest) { if (rest > c->icap) c->in = realloc(c->in, c->icap = rest * 2); memmove(c->in, p + n - rest, rest); }
    c->ilen = rest;
}
int main(int argc, char **argv) {
    int port = atoi(argv[1]), one = 1; const char *m = argc > 2 ? argv[2] : "echo";
    mode = !strcmp(m, "echo") ? 0 : !strcmp(m, "echoline") ? 1 : !strcmp(m, "raw") ? 2 : !strcmp(m, "sink") ? 3 : 4; memset(src, 'x', sizeof src);
    int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, 4);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 4096)) { perror("bind"); return 1; }
    ep = epoll_create1(0); struct epoll_event e = { EPOLLIN, { .ptr = NULL } }, ev[1024]; epoll_ctl(ep, EPOLL_CTL_ADD, ls, &e);
    socklen_t al = sizeof a; getsockname(ls, (void *)&a, &al); printf("ready %d\n", ntohs(a.sin_port)); fflush(stdout);
    for (;;) {
        int n = epoll_wait(ep, ev, 1024, -1);
        for (int i = 0; i < n; i++) {
            conn *c = ev[i].data.ptr;
            if (!c) { int fd; for (int k = 0; k < 256 && (fd = accept4(ls, NULL, NULL, SOCK_NONBLOCK)) >= 0; k++) { setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 4); c = calloc(1, sizeof *c); c->fd = fd; c->want = mode == 4 ? EPOLLIN | EPOLLOUT : EPOLLIN; e.events = c->want; e.data.ptr = c; epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e); } continue; }
            if (ev[i].events & EPOLLOUT) {
                if (mode == 4) { for (int k = 0; k < 4; k++) { ssize_t r = send(c->fd, src, sizeof src, MSG_NOSIGNAL); if (r < (ssize_t)sizeof src) break; } }
                else if (c->olen) { ssize_t r = send(c->fd, c->out + c->ooff, c->olen, MSG_NOSIGNAL); if (r > 0) { c->ooff += r; c->olen -= r; } if (!c->olen) { c->ooff = 0; mod(c, EPOLLIN); } }
            }
            if (!(ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
            ssize_t r = recv(c->fd, rb, sizeof rb, 0);
            for (int k = 0; mode == 3 && k < 16 && r == sizeof rb; k++) r = recv(c->fd, rb, sizeof rb, 0);   // drain: twice the rate of one read per event
            if (r <= 0) { if (r < 0 && errno == EAGAIN) continue; close(c->fd); free(c->in); free(c->out); free(c); continue; }
            if (mode == 2) out(c, rb, r);
            else if (mode < 2) {
                if (!c->ilen) lines(c, rb, r);
                else { size_t t = c->ilen + r; if (t > c->icap) c->in = realloc(c->in, c->icap = t * 2); memcpy(c->in + c->ilen, rb, r);
                       if (!memchr(rb, '\n', r)) { c->ilen = t; continue; } c->ilen = 0; lines(c, c->in, t); }
            }
        }
    }
}
