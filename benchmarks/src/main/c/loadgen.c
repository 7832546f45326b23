// Single-threaded epoll load generator for line-echo / sink / source servers. Loopback only.
//   gcc -O2 -march=native -o loadgen loadgen.c
//   taskset -c 1 ./loadgen MODE -p PORT [-c conns] [-m msgbytes] [-P depth] [-d secs] [-w warmup_secs]
//                          [-S server_pid] [-l label] [-a n_source_addresses] [-b bulk_chunk_bytes]
// MODE: echo   closed loop ping-pong of M-byte lines ('\n' last), P lines in flight per connection
//       sink   client sends as fast as it can, server discards        -> MB/s (bytes accepted by the kernel)
//       source server sends as fast as it can, client discards        -> MB/s
//       rate   connect, one ping-pong, close, in c parallel slots     -> conn/s
//       idle   opens c connections, does one ping-pong on each, holds them D seconds, prints server RSS
// foreign: % of one core used by other processes (noise; repeat the run if it is not near 0).
// With -S the CPU time of the server process is read from /proc, giving server CPU ns per request, of them in user mode.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

typedef struct {
    int fd, pos, connected;      // pos: bytes of the current incoming line already seen
    unsigned head, tail;         // ring of send times
    size_t unsent;               // bytes still to send
    size_t sendoff;              // offset of the next byte to send, inside the message pattern
    uint64_t *ts;                // P send times
} conn;

static int port, nconn = 64, msg = 64, depth = 1, secs = 5, warm = 2, spid = 0, naddr = 1, chunk = 65536;
static const char *mode, *label = "-";
static char *pat, *rbuf;         // pat: enough copies of the message for one send
static size_t patlen;
enum { RB = 1 << 18 };
static uint64_t hist[64 * 64], nreq, nbytes, maxlat, nerr, nconnected;
static int ep, nextaddr;

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *m) { perror(m); exit(1); }
static int hidx(uint64_t v) { if (v < 64) return v; int e = 63 - __builtin_clzll(v); return (e - 5) * 64 + ((v >> (e - 6)) & 63); }
static uint64_t hval(int i) { if (i < 64) return i; int e = i / 64 + 5; return ((64ull + i % 64) << (e - 6)) + ((1ull << (e - 6)) >> 1); }
static double pct(double p) {
    uint64_t n = 0, s = 0; for (int i = 0; i < 64 * 64; i++) n += hist[i];
    uint64_t want = (uint64_t)(n * p); for (int i = 0; i < 64 * 64; i++) { s += hist[i]; if (s > want) return hval(i) / 1000.0; }
    return 0;
}
static uint64_t servercpu(void) {  // ns on CPU, all threads (dead threads lost; fine for steady state)
    if (!spid) return 0;
    char p[320]; snprintf(p, sizeof p, "/proc/%d/task", spid); DIR *d = opendir(p); if (!d) return 0;
    uint64_t sum = 0; struct dirent *e;
    while ((e = readdir(d))) { if (e->d_name[0] == '.') continue;
        snprintf(p, sizeof p, "/proc/%d/task/%s/schedstat", spid, e->d_name); FILE *f = fopen(p, "r"); unsigned long long v;
        if (f) { if (fscanf(f, "%llu", &v) == 1) sum += v; fclose(f); } }
    closedir(d); return sum;
}
static uint64_t serveruser(void) { // ns in user mode, the whole process, in clock ticks
    if (!spid) return 0;
    char p[64], l[1024], *q; unsigned long long v = 0; snprintf(p, sizeof p, "/proc/%d/stat", spid); FILE *f = fopen(p, "r"); if (!f) return 0;
    if (fgets(l, sizeof l, f) && (q = strrchr(l, ')'))) sscanf(q + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu", &v);
    fclose(f); return v * (1000000000ull / sysconf(_SC_CLK_TCK));
}
static double busy(void) {         // CPU seconds used on the whole machine, steal included
    FILE *f = fopen("/proc/stat", "r"); unsigned long long u, n, s, i, w, q, sq, st = 0; if (!f) return 0;
    if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &u, &n, &s, &i, &w, &q, &sq, &st) < 8) u = n = s = q = sq = st = 0;
    fclose(f); return (u + n + s + q + sq + st) / (double)sysconf(_SC_CLK_TCK);
}
static double self(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static long serverrss(void) {
    if (!spid) return 0;
    char p[64], l[256]; long v = 0; snprintf(p, sizeof p, "/proc/%d/status", spid); FILE *f = fopen(p, "r"); if (!f) return 0;
    while (fgets(l, sizeof l, f)) if (sscanf(l, "VmRSS: %ld", &v) == 1) break;
    fclose(f); return v;
}
static int dial(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1; if (fd < 0) die("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (naddr > 1) {
        struct sockaddr_in s = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + nextaddr++ % naddr) };
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(fd, (void *)&s, sizeof s)) die("bind");
    }
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(fd, (void *)&a, sizeof a) && errno != EINPROGRESS) die("connect");
    return fd;
}
static void push(conn *c) {      // send what is owed; on a short write wait for EPOLLOUT
    int was = c->unsent > 0;
    while (c->unsent) {
        size_t n = c->unsent < patlen - c->sendoff ? c->unsent : patlen - c->sendoff;
        ssize_t r = send(c->fd, pat + c->sendoff, n, MSG_NOSIGNAL);
        if (r < 0) { if (errno == EAGAIN) break; nerr++; return; }
        c->unsent -= r; c->sendoff = (c->sendoff + r) % msg;
    }
    if (was && c->unsent) { struct epoll_event e = { EPOLLIN | EPOLLOUT, { .ptr = c } }; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); }
}
static void owe(conn *c, int k, uint64_t t) { for (int i = 0; i < k; i++) c->ts[c->head++ % depth] = t; c->unsent += (size_t)k * msg; push(c); }
static int take(conn *c, ssize_t r, uint64_t t) {   // account r received bytes; returns lines completed
    int k = 0; ssize_t at = 0;
    while (at + (msg - c->pos) <= r) {
        at += msg - c->pos; c->pos = 0; k++;
        if (rbuf[at - 1] != '\n') { nerr++; fprintf(stderr, "bad echo\n"); exit(2); }
        uint64_t l = t - c->ts[c->tail++ % depth]; hist[hidx(l)]++; if (l > maxlat) maxlat = l;
    }
    c->pos += r - at; return k;
}
static void add(conn *c, uint32_t ev) { struct epoll_event e = { ev, { .ptr = c } }; if (epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl"); }
static void on(int x) { (void)x; fprintf(stderr, "watchdog\n"); _exit(3); }

int main(int argc, char **argv) {
    if (argc < 2) { fprintf(stderr, "see the head of loadgen.c\n"); return 1; }
    mode = argv[1]; optind = 2; int o;
    while ((o = getopt(argc, argv, "p:c:m:P:d:w:S:l:a:b:")) > 0) switch (o) {
        case 'p': port = atoi(optarg); break; case 'c': nconn = atoi(optarg); break; case 'm': msg = atoi(optarg); break;
        case 'P': depth = atoi(optarg); break; case 'd': secs = atoi(optarg); break; case 'w': warm = atoi(optarg); break;
        case 'S': spid = atoi(optarg); break; case 'l': label = optarg; break; case 'a': naddr = atoi(optarg); break;
        case 'b': chunk = atoi(optarg); break; default: return 1; }
    int sink = !strcmp(mode, "sink"), source = !strcmp(mode, "source"), rate = !strcmp(mode, "rate"), idle = !strcmp(mode, "idle");
    signal(SIGALRM, on); alarm(secs + warm + 60);
    if (sink) { msg = chunk; }
    patlen = (size_t)msg * (depth + 1); if (patlen < (size_t)chunk) patlen = (size_t)msg * (chunk / msg + 1);
    pat = malloc(patlen); rbuf = malloc(RB); memset(pat, 'x', patlen); for (size_t i = msg - 1; i < patlen; i += msg) pat[i] = '\n';
    ep = epoll_create1(0); conn *cs = calloc(nconn, sizeof *cs);
    for (int i = 0; i < nconn; i++) {
        cs[i].ts = calloc(depth, 8); cs[i].fd = dial(); add(&cs[i], EPOLLIN | EPOLLOUT);
        if (!rate && i % 64 == 63) usleep(idle ? 3000 : 200);   // do not overflow the accept queue
    }
    uint64_t t0 = now(), tw = t0 + warm * 1000000000ull, te = tw + secs * 1000000000ull, t = t0, cpu0 = servercpu(), usr0 = serveruser();
    double b0 = busy(), s0 = self(); int measuring = 0; struct epoll_event ev[1024]; long rss0 = serverrss();
    while (t < te) {
        int n = epoll_wait(ep, ev, 1024, 20); t = now();
        if (!measuring && t >= tw) { measuring = 1; memset(hist, 0, sizeof hist); maxlat = nreq = nbytes = 0; cpu0 = servercpu(); usr0 = serveruser(); b0 = busy(); s0 = self(); t = tw = now(); te = tw + secs * 1000000000ull; }
        for (int i = 0; i < n; i++) {
            conn *c = ev[i].data.ptr;
            if (ev[i].events & (EPOLLERR | EPOLLHUP) && !c->connected) { nerr++; fprintf(stderr, "connect failed\n"); exit(2); }
            if (!c->connected) {
                c->connected = 1; nconnected++;
                if (!sink) { struct epoll_event e = { EPOLLIN, { .ptr = c } }; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); }
                if (sink || source) { if (source) continue; } else { owe(c, depth, now()); continue; }
            }
            if (sink) {
                if (ev[i].events & EPOLLOUT) for (int k = 0; k < 4; k++) { ssize_t r = send(c->fd, pat, chunk, MSG_NOSIGNAL); if (r < 0) { if (errno != EAGAIN) die("send"); break; } nbytes += r; nreq++; if (r < chunk) break; }
                if (ev[i].events & EPOLLIN) if (recv(c->fd, rbuf, RB, 0) == 0) die("closed");
                continue;
            }
            if (ev[i].events & EPOLLOUT && c->unsent) { push(c); if (!c->unsent) { struct epoll_event e = { EPOLLIN, { .ptr = c } }; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); } }
            if (!(ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
            ssize_t r = recv(c->fd, rbuf, RB, 0);
            if (r < 0) { if (errno == EAGAIN) continue; die("recv"); }
            if (r == 0) { fprintf(stderr, "server closed a connection\n"); exit(2); }
            if (source) { nbytes += r; nreq++; continue; }
            uint64_t tr = now(); int k = take(c, r, tr); nbytes += r; nreq += k;
            if (idle || !k) continue;
            if (rate) { close(c->fd); uint64_t *ts = c->ts; memset(c, 0, sizeof *c); c->ts = ts; c->fd = dial(); add(c, EPOLLIN | EPOLLOUT); continue; }
            owe(c, k, tr);
        }
    }
    double el = (now() - tw) / 1e9; uint64_t cpu = servercpu() - cpu0, usr = serveruser() - usr0; double foreign = spid ? (busy() - b0 - (self() - s0) - cpu / 1e9) / el * 100 : 0, own = (self() - s0) / el * 100;
    if (idle) { printf("%-28s idle conns=%lu answered=%lu rss0_KiB=%ld rss_KiB=%ld rss_per_conn=%.0f\n", label, nconnected, (unsigned long)nreq, rss0, serverrss(), (serverrss() - rss0) * 1024.0 / nconn); return 0; }
    if (sink || source) { printf("%-28s %s c=%d MB/s=%.0f srvcpu=%.0f clicpu=%.0f foreign=%.1f cpu_ns_per_KiB=%.1f\n", label, mode, nconn, nbytes / el / 1e6, cpu / el / 1e7, own, foreign, cpu * 1024.0 / (nbytes + 1)); return 0; }
    printf("%-28s %s c=%d m=%d P=%d per_s=%.0f p50=%.1f p99=%.1f p99.9=%.1f max=%.0f srvcpu=%.0f clicpu=%.0f foreign=%.1f cpu_ns_per_req=%.0f user_ns_per_req=%.0f err=%lu\n", label, mode, nconn, msg, depth,
           nreq / el, pct(.5), pct(.99), pct(.999), maxlat / 1e3, cpu / el / 1e7, own, foreign, (double)cpu / (nreq + 1), (double)usr / (nreq + 1), (unsigned long)nerr);
    return 0;
}
