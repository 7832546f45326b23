// What is measured: time, latencies, CPU times of processes, all from the kernel.
#ifndef FIGURES_H
#define FIGURES_H
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Latencies in ns, in buckets of 1/64 of a power of two.
typedef struct { uint64_t buckets[64 * 64], count, greatest; } histogram;

static int bucket_of(uint64_t v) {
    if (v < 64) return v;
    int e = 63 - __builtin_clzll(v);
    return (e - 5) * 64 + ((v >> (e - 6)) & 63);
}

static uint64_t value_of(int bucket) {
    if (bucket < 64) return bucket;
    int e = bucket / 64 + 5;
    return ((64ull + bucket % 64) << (e - 6)) + ((1ull << (e - 6)) >> 1);
}

static void record(histogram *h, uint64_t v) {
    h->buckets[bucket_of(v)]++;
    h->count++;
    if (v > h->greatest) h->greatest = v;
}

static double micros_at(const histogram *h, double share) {
    uint64_t wanted = h->count * share, seen = 0;
    for (int i = 0; i < 64 * 64; i++) {
        seen += h->buckets[i];
        if (seen > wanted) return value_of(i) / 1e3;
    }
    return 0;
}

// CPU ns of all threads that a process has. What dead ones used is lost, which does not matter in a steady state.
static uint64_t cpu_of(int pid) {
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = pid ? opendir(path) : NULL;
    if (!tasks) return 0;
    uint64_t sum = 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
        FILE *f = fopen(path, "r");
        unsigned long long v;
        if (!f) continue;
        if (fscanf(f, "%llu", &v) == 1) sum += v;
        fclose(f);
    }
    closedir(tasks);
    return sum;
}

// ns in user mode, the whole process; counted in clock ticks.
static uint64_t user_of(int pid) {
    char path[64], line[1024], *end;
    unsigned long long ticks = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = pid ? fopen(path, "r") : NULL;
    if (!f) return 0;
    if (fgets(line, sizeof line, f) && (end = strrchr(line, ')')))
        sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu", &ticks);
    fclose(f);
    return ticks * (1000000000ull / sysconf(_SC_CLK_TCK));
}

static uint64_t cpu_of_this(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// CPU ns used on the whole machine, stolen time included.
static uint64_t cpu_of_all(void) {
    unsigned long long user = 0, nice = 0, system = 0, idle, wait, irq = 0, softirq = 0, steal = 0;
    FILE *f = fopen("/proc/stat", "r");
    if (!f) return 0;
    if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &irq, &softirq, &steal) < 8)
        user = 0;
    fclose(f);
    return (user + nice + system + irq + softirq + steal) * (1000000000ull / sysconf(_SC_CLK_TCK));
}

// A moment; the difference of two is a measurement.
typedef struct { uint64_t time, server, user, self, helpers, all; } moment;

enum { HELPERS = 256 };
static int server_pid, helper_pids[HELPERS], helpers;

// The kernel's threads that handle packets when there are many: they work for what is measured, and are not foreign.
static void add_packet_threads(void) {
    static const char prefix[] = "ksoftirqd/";
    struct dirent *process;
    char path[64], name[32];
    DIR *processes = opendir("/proc");
    if (!processes) return;
    while ((process = readdir(processes)) && helpers < HELPERS) {
        int pid = atoi(process->d_name);
        snprintf(path, sizeof path, "/proc/%d/comm", pid);
        FILE *f = pid > 0 ? fopen(path, "r") : NULL;
        if (!f) continue;
        if (fgets(name, sizeof name, f) && !strncmp(name, prefix, sizeof prefix - 1)) helper_pids[helpers++] = pid;
        fclose(f);
    }
    closedir(processes);
}

static moment moment_now(void) {
    moment m = {now(), cpu_of(server_pid), user_of(server_pid), cpu_of_this(), 0, cpu_of_all()};
    for (int i = 0; i < helpers; i++) m.helpers += cpu_of(helper_pids[i]);
    return m;
}
#endif
