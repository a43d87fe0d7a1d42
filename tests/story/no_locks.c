/* Lets a program see a folder as a share whose locks do not keep two writers apart. Loaded with LD_PRELOAD by
 * two_writers.py.
 *
 * For files in NO_LOCKS_FOLDER, flock answers as NO_LOCKS says: "refused" as a share without locks does (ENOLCK), "unshared"
 * as one that grants every machine the same lock. statfs and fstatfs say FUSE there. With NO_LOCKS_LOG each answer is
 * written there, a line each. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FUSE 0x65735546
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int there(const char *path) {
    char whole[PATH_MAX];
    const char *folder = getenv("NO_LOCKS_FOLDER");
    return folder && realpath(path, whole) && strncmp(whole, folder, strlen(folder)) == 0;
}

static int of(int fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return there(path);
}

static void answered(const char *what) {
    const char *log = getenv("NO_LOCKS_LOG");
    if (!log) return;
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    syscall(SYS_write, fd, what, strlen(what));
    syscall(SYS_close, fd);
}

int flock(int fd, int how) {
    REAL(flock);
    const char *locks = getenv("NO_LOCKS");
    if (!locks || !of(fd)) return real(fd, how);
    answered("flock\n");
    if (strcmp(locks, "unshared") == 0) return 0;
    errno = ENOLCK;
    return -1;
}

#define DISK(name, is_there, key, found_type, line) int name(key, struct found_type *found) { \
    REAL(name); int answer = real(place, found); \
    if (answer == 0 && is_there(place)) { found->f_type = FUSE; answered(line); } \
    return answer; }
DISK(statfs, there, const char *place, statfs, "statfs\n")
DISK(statfs64, there, const char *place, statfs64, "statfs\n")
DISK(fstatfs, of, int place, statfs, "fstatfs\n")
DISK(fstatfs64, of, int place, statfs64, "fstatfs\n")
