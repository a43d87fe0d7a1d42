/* Makes one system call of a program fail, or kills the program at it. Loaded with LD_PRELOAD by every_call.py.
 *
 * Counted are the calls that concern files in FAULT_FOLDER (by path, or by a descriptor opened there). Call number
 * FAULT_AT (from 1) is spoilt as FAULT_KIND says: the number of an errno, "short" (a write takes half of its bytes),
 * "full" (a write takes half, the next one fails with ENOSPC), "kill-before" or "kill-after". With FAULT_LOG each
 * counted call is written there, a line each. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define DESCRIPTORS 1024
static char opened_there[DESCRIPTORS];
static int calls, full_from_here;

static int there(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return path && folder && strncmp(path, folder, strlen(folder)) == 0;
}
static int of(int fd) { return fd >= 0 && fd < DESCRIPTORS && opened_there[fd]; }
static void die(void) { syscall(SYS_kill, syscall(SYS_getpid), SIGKILL); }

/* A path as one of the calls ending in "at" takes it: from a folder that is open, or as it is. */
static int there_at(int at, const char *path) { return path && path[0] != '/' && at != AT_FDCWD ? of(at) : there(path); }

enum what { GO, FAIL, SHORT, KILL_AFTER };

/* What is to happen to this call. */
static enum what counted(const char *name, const char *path, int is_write) {
    const char *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND"), *log = getenv("FAULT_LOG");
    calls++;
    if (log) {
        char line[600];
        int length = snprintf(line, sizeof line, "%s %s\n", name, path ? path : "-");
        int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        syscall(SYS_write, fd, line, length < (int)sizeof line ? length : (int)sizeof line);
        syscall(SYS_close, fd);
    }
    if (full_from_here && is_write) { errno = ENOSPC; return FAIL; }
    if (!at || !kind || calls != atoi(at)) return GO;
    if (strcmp(kind, "kill-before") == 0) die();
    if (strcmp(kind, "kill-after") == 0) return KILL_AFTER;
    if (strcmp(kind, "short") == 0) return is_write ? SHORT : GO;
    if (strcmp(kind, "full") == 0) { full_from_here = is_write; return is_write ? SHORT : GO; }
    errno = atoi(kind);
    return FAIL;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define ENDS(what, result) do { __typeof__(result) r_ = (result); if ((what) == KILL_AFTER) die(); return r_; } while (0)
#define BY_PATH(name, path, ...) do { REAL(name); if (!there(path)) return real(__VA_ARGS__); \
    enum what w_ = counted(#name, path, 0); if (w_ == FAIL) return -1; ENDS(w_, real(__VA_ARGS__)); } while (0)
#define BY_PLACE(name, at, path, ...) do { REAL(name); if (!there_at(at, path)) return real(__VA_ARGS__); \
    enum what w_ = counted(#name, path, 0); if (w_ == FAIL) return -1; ENDS(w_, real(__VA_ARGS__)); } while (0)
#define BY_FD(name, fd, ...) do { REAL(name); if (!of(fd)) return real(__VA_ARGS__); \
    enum what w_ = counted(#name, 0, 0); if (w_ == FAIL) return -1; ENDS(w_, real(__VA_ARGS__)); } while (0)

static int opened(int fd) { if (fd >= 0 && fd < DESCRIPTORS) opened_there[fd] = 1; return fd; }

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list l; va_start(l, flags); mode = va_arg(l, mode_t); va_end(l); }
#define OPEN(name) int name(const char *path, int flags, ...) { MODE REAL(name); \
    if (!there(path)) return real(path, flags, mode); \
    enum what w = counted(#name, path, 0); if (w == FAIL) return -1; ENDS(w, opened(real(path, flags, mode))); }
#define OPENAT(name) int name(int at, const char *path, int flags, ...) { MODE REAL(name); \
    if (!there_at(at, path)) return real(at, path, flags, mode); \
    enum what w = counted(#name, path, 0); if (w == FAIL) return -1; ENDS(w, opened(real(at, path, flags, mode))); }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    if (!of(fd)) return real(fd, bytes, count);
    enum what w = counted("write", 0, 1);
    if (w == FAIL) return -1;
    ENDS(w, real(fd, bytes, w == SHORT && count > 1 ? count / 2 : count));
}
ssize_t read(int fd, void *bytes, size_t count) { BY_FD(read, fd, fd, bytes, count); }
int fsync(int fd) { BY_FD(fsync, fd, fd); }
int fdatasync(int fd) { BY_FD(fdatasync, fd, fd); }
int flock(int fd, int how) { BY_FD(flock, fd, fd, how); }
int fchmod(int fd, mode_t mode) { BY_FD(fchmod, fd, fd, mode); }
int close(int fd) {
    REAL(close);
    if (fd >= 0 && fd < DESCRIPTORS) opened_there[fd] = 0;
    return real(fd);
}
int link(const char *from, const char *to) { BY_PATH(link, to, from, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) { BY_PLACE(linkat, b, to, a, from, b, to, flags); }
int rename(const char *from, const char *to) { BY_PATH(rename, to, from, to); }
int renameat(int a, const char *from, int b, const char *to) { BY_PLACE(renameat, b, to, a, from, b, to); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { BY_PLACE(renameat2, b, to, a, from, b, to, flags); }
int unlink(const char *path) { BY_PATH(unlink, path, path); }
int unlinkat(int at, const char *path, int flags) { BY_PLACE(unlinkat, at, path, at, path, flags); }
int mkdirat(int at, const char *path, mode_t mode) { BY_PLACE(mkdirat, at, path, at, path, mode); }
int fchown(int fd, uid_t owner, gid_t group) { BY_FD(fchown, fd, fd, owner, group); }
int mkdir(const char *path, mode_t mode) { BY_PATH(mkdir, path, path, mode); }
int statx(int at, const char *path, int flags, unsigned mask, struct statx *out) {
    BY_PATH(statx, path, at, path, flags, mask, out);
}
DIR *opendir(const char *path) {
    REAL(opendir);
    if (!there(path)) return real(path);
    enum what w = counted("opendir", path, 0);
    if (w == FAIL) return NULL;
    ENDS(w, real(path));
}
int chmod(const char *path, mode_t mode) { BY_PATH(chmod, path, path, mode); }
