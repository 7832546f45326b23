// Single-threaded epoll load generator, for loopback only.
//   gcc -O2 -march=native -o loadgen loadgen.c                        (plain TCP)
//   gcc -O2 -march=native -DTLS -o loadgen loadgen.c -lssl -lcrypto   (and TLS 1.3)
//   ./loadgen MODE -p PORT [-c connections] [-m message bytes] [-P in flight] [-d seconds] [-w seconds of warm-up] [-T]
//                  [-n messages] [-B] [-i microseconds] [-S server pid] [-x helper pid]... [-a source addresses]
// MODE: echo    closed loop: each connection keeps P lines of M bytes in flight
//       ping    each connection sends one line every -i microseconds
//       sink    sends as fast as the server takes it
//       source  takes what the server sends as fast as it can
//       churn   connects, sends one line, takes it back, closes; c at a time
//       idle    opens c connections, has one line answered on each, says "held", waits for a line on standard input
//       fanout  sends a line on one connection and waits until it has arrived on all; a message is one delivery
// -T speaks TLS. -n ends after so many messages instead of a time; -B asks P more only when P have been answered.
// Every byte that comes is compared with what it has to be; the first wrong one ends the program with status 2.
// Prints one line of name=value at its end. foreign is the % of a core that other processes used (noise).
#define _GNU_SOURCE
#include "figures.h"
#include "wire.h"
#include <signal.h>

typedef struct {
    const char *name;
    void (*opened)(conn *c);
    void (*received)(conn *c, size_t n, uint64_t at);
    int sends;                           // whether it wants to send whenever there is room
} mode;

enum { BUFFER = 1 << 18, PAYLOAD = 1 << 16, EVENTS = 1024, CHUNK = 1 << 16 };

static int connections = 64, size = 64, depth = 1, seconds = 5, warmup = 2, batched;
static long wanted, interval = 1000;     // messages, or 0 for a time; microseconds between pings
static const mode *doing;
static conn *all;
static char *expected, buffer[BUFFER];   // the bytes of a connection, over and over, and then some for a send in one piece
static size_t period, spare;
static uint64_t messages, issued, bytes, sent_in_all, opened, next_ping, broadcasts, arrived;
static int begun;                        // whether all connections are open
static histogram latencies;

// Messages differ from one another and at every position, so that none can be taken for another.
static void expect_lines(void) {
    size_t lines = size < 16384 ? 16384 / size + 1 : 3;
    period = lines * size;
    spare = (size_t)depth * size > CHUNK ? (size_t)depth * size : CHUNK;
    expected = malloc(period + spare);
    uint32_t x = 12345;
    for (size_t i = 0; i < period; i++) {
        x = x * 1664525 + 1013904223;
        expected[i] = i % size == (size_t)size - 1 ? '\n' : 'A' + (x >> 24) % 58;
    }
    for (size_t i = period; i < period + spare; i++) expected[i] = expected[i % period];
}

// The same formula as the servers have.
static void expect_payload(void) {
    period = PAYLOAD;
    spare = 0;
    expected = malloc(period);
    for (size_t i = 0; i < period; i++) expected[i] = i * 7 + (i >> 8);
}

static void compare(conn *c, size_t n) {
    for (size_t at = 0; at < n;) {
        size_t from = (c->received + at) % period, part = n - at < period - from ? n - at : period - from;
        if (memcmp(buffer + at, expected + from, part)) fail("a byte came back wrong");
        at += part;
    }
    c->received += n;
    bytes += n;
}

static void push(conn *c) {
    while (c->owed) {
        size_t from = c->sent % period, n = c->owed < period + spare - from ? c->owed : period + spare - from;
        ssize_t r = wire_send(c, expected + from, n);
        if (r < 0) break;
        c->sent += r;
        c->owed -= r;
        sent_in_all += r;
    }
    watch(c, c->owed ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void ask(conn *c, unsigned n, uint64_t at) {
    for (; n && (!wanted || issued < (uint64_t)wanted); n--) {
        c->times[c->asked++ % depth] = at;
        c->owed += size;
        issued++;
    }
    push(c);
}

// Messages that these bytes complete.
static unsigned answered(conn *c, size_t n, uint64_t at) {
    compare(c, n);
    unsigned before = c->answered;
    while ((uint64_t)(c->answered + 1) * size <= c->received) record(&latencies, at - c->times[c->answered++ % depth]);
    messages += c->answered - before;
    return c->answered - before;
}

// One line first: a connection counts as open when it has been answered. The kernel makes connections without the server,
// and forgets those that the server does not accept in time.
static void echo_opened(conn *c) { ask(c, 1, now()); }
static void echo_received(conn *c, size_t n, uint64_t at) {
    unsigned done = answered(c, n, at);
    if (!begun) return;
    if (!batched) ask(c, done, at);
    else if (c->answered == c->asked) ask(c, depth, at);
}

static void ping_opened(conn *c) { (void)c; }
static void ping_received(conn *c, size_t n, uint64_t at) { answered(c, n, at); }
static void ping_all(uint64_t at) {
    if (at < next_ping) return;
    next_ping = at + interval * 1000;
    for (int i = 0; i < connections; i++)
        if (all[i].state == OPEN && all[i].asked == all[i].answered) ask(&all[i], 1, now());
}

static void sink_opened(conn *c) { watch(c, EPOLLIN | EPOLLOUT); }
static void sink_received(conn *c, size_t n, uint64_t at) { (void)c, (void)n, (void)at; fail("a sink said something"); }
static void sink_send(conn *c) {
    for (int i = 0; i < 4; i++) {
        ssize_t r = wire_send(c, expected, CHUNK);
        if (r < 0) return;
        sent_in_all += r;
        bytes += r;
        if (r < CHUNK && !secure) return;
    }
}

static void source_opened(conn *c) { (void)c; }
static void source_received(conn *c, size_t n, uint64_t at) { (void)at; compare(c, n); }

static void churn_opened(conn *c) { ask(c, 1, c->begun); }
static void churn_received(conn *c, size_t n, uint64_t at) {
    if (!answered(c, n, at)) return;
    wire_close(c);
    if (!wanted || issued < (uint64_t)wanted) wire_dial(c);
}

// The lines of all connections together are the expected bytes, each sent by one and received by all that are open then.
static void broadcast(conn *from) {
    arrived = 0;
    all[0].times[0] = now();
    from->sent = broadcasts++ * size;
    from->owed = size;
    push(from);
}
static void fanout_opened(conn *c) {
    c->received = broadcasts * size;
    broadcast(c);
}
static void fanout_received(conn *c, size_t n, uint64_t at) {
    compare(c, n);
    if (c->received % size) return;
    messages++;
    if (++arrived < opened) return;
    record(&latencies, at - all[0].times[0]);
    if (begun) broadcast(&all[0]);
}

static const mode modes[] = {
    {"echo", echo_opened, echo_received, 0},     {"ping", ping_opened, ping_received, 0},
    {"sink", sink_opened, sink_received, 1},     {"source", source_opened, source_received, 0},
    {"churn", churn_opened, churn_received, 0},  {"idle", echo_opened, echo_received, 0},
    {"fanout", fanout_opened, fanout_received, 0},
};
enum { MODES = sizeof modes / sizeof *modes };

static int is(const char *name) { return !strcmp(doing->name, name); }

static void receive(conn *c) {
    int fd = c->fd;
    for (int i = 0; i < 64; i++) {
        ssize_t r = wire_receive(c, buffer, BUFFER);
        if (r == AGAIN) return;
        if (r == ENDED) fail("the server closed a connection");
        doing->received(c, r, now());
        if (c->fd != fd || c->state != OPEN) return;     // churn has dialled again
        if (!secure && r < BUFFER) return;               // TLS may hold more that epoll cannot see
    }
}

static void ready(conn *c, uint32_t events) {
    if (c->state != OPEN) {
        if (!wire_open(c, events)) return;
        opened++;
        doing->opened(c);
        if (!secure) return;
    }
    if (events & EPOLLOUT) {
        if (doing->sends) sink_send(c);
        else if (c->owed) push(c);
        else watch(c, EPOLLIN);
    }
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP) || c->tls) receive(c);
}

static void turn(int millis) {
    struct epoll_event events[EVENTS];
    int n = epoll_wait(epoll, events, EVENTS, millis);
    for (int i = 0; i < n; i++) ready(events[i].data.ptr, events[i].events);
    if (is("ping")) ping_all(now());
}

static void dial_all(void) {
    int answers = is("echo") || is("idle");
    for (int i = 0; i < connections; i++) {
        all[i].times = calloc(depth, sizeof *all[i].times);
        wire_dial(&all[i]);
        // no faster than the server accepts, so that its queue does not overflow
        while (answers && i + 1 - messages > 512) turn(20);
        // one after the other, since each is to receive what is sent from its own first line on
        while (is("fanout") && (opened <= (uint64_t)i || arrived < opened)) turn(20);
    }
    while (answers && messages < (uint64_t)connections) turn(20);
    begun = 1;
}

static void start(void) {
    if (is("fanout")) broadcast(&all[0]);
    if (!is("echo")) return;
    issued = messages = 0;
    for (int i = 0; i < connections; i++) ask(&all[i], depth, now());
}

static void report(const moment *from, const moment *to) {
    if (!messages && !bytes) fail("nothing has come back");
    double time = to->time - from->time, server = to->server - from->server, self = to->self - from->self;
    double foreign = (double)(to->all - from->all) - self - server - (double)(to->helpers - from->helpers);
    double per = messages ? messages : 1, kib = bytes ? bytes / 1024.0 : 1;
    printf("mode=%s connections=%d opened=%lu messages=%lu bytes=%lu sent=%lu per_s=%.1f bytes_per_s=%.0f "
           "p50=%.1f p99=%.1f p999=%.1f max=%.0f server=%.1f generator=%.1f foreign=%.1f "
           "cpu_ns=%.1f user_ns=%.1f cpu_ns_per_kib=%.2f\n",
           doing->name, connections, opened, messages, bytes, sent_in_all, messages / time * 1e9, bytes / time * 1e9,
           micros_at(&latencies, .5), micros_at(&latencies, .99), micros_at(&latencies, .999), latencies.greatest / 1e3,
           server / time * 100, self / time * 100, foreign / time * 100,
           server / per, (to->user - from->user) / per, server / kib);
    fflush(stdout);
}

static void hold(void) {
    char line[64];
    printf("held connections=%lu\n", opened);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) fail("standard input has ended");
}

static moment measure(moment *from) {
    *from = moment_now();
    uint64_t start = from->time + warmup * 1000000000ull;
    int pause = is("ping") ? 1 : 20;
    if (wanted) {
        while (messages < (uint64_t)wanted) turn(pause);
        return moment_now();
    }
    while (now() < start) turn(pause);
    *from = moment_now();
    memset(&latencies, 0, sizeof latencies);
    messages = bytes = 0;
    uint64_t end = from->time + seconds * 1000000000ull;
    while (now() < end) turn(pause);
    return moment_now();
}

static void out_of_time(int signal) {
    static const char text[] = "the load generator is out of time\n";
    (void)signal;
    _exit(write(STDERR_FILENO, text, sizeof text - 1) < 0 ? 4 : 3);
}

int main(int argc, char **argv) {
    for (int i = 0; argc > 1 && i < MODES; i++) if (!strcmp(argv[1], modes[i].name)) doing = &modes[i];
    if (!doing) fail("see the head of loadgen.c");
    optind = 2;
    for (int o; (o = getopt(argc, argv, "p:c:m:P:d:w:n:i:S:x:a:TB")) > 0;) switch (o) {
        case 'p': port = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 'm': size = atoi(optarg); break;
        case 'P': depth = atoi(optarg); break;
        case 'd': seconds = atoi(optarg); break;
        case 'w': warmup = atoi(optarg); break;
        case 'n': wanted = atol(optarg); break;
        case 'i': interval = atol(optarg); break;
        case 'S': server_pid = atoi(optarg); break;
        case 'x': if (helpers < HELPERS) helper_pids[helpers++] = atoi(optarg); break;
        case 'a': sources = atoi(optarg); break;
        case 'T': secure = 1; break;
        case 'B': batched = 1; break;
        default: return 1;
    }
    add_packet_threads();
    if (secure) wire_init();
    signal(SIGALRM, out_of_time);
    signal(SIGPIPE, SIG_IGN);            // OpenSSL writes without MSG_NOSIGNAL
    alarm(seconds + warmup + 120);
    if (is("source")) expect_payload();
    else expect_lines();
    epoll = epoll_create1(0);
    all = calloc(connections, sizeof *all);
    dial_all();
    if (is("idle")) {
        hold();
        return 0;
    }
    start();
    moment from, to = measure(&from);
    report(&from, &to);
    return 0;
}
