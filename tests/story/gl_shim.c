/* A graphics driver that fails. Loaded with LD_PRELOAD by hosts.py.
 *
 * The program finds OpenGL's libraries and their functions at run time, so these two ways of finding are what is spoilt.
 * GL_FAULT says how: "absent" (there are no libraries), "crash" (the first picture kills the process), "hang" (it never
 * comes), "lost" (once the file GL_LOST_WHEN exists, pictures fail as after a device was lost). GLX is absent in all of
 * them, so that EGL is used. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONTEXT_LOST 0x300E

typedef void *(*finder)(void *, const char *);
typedef void *(*opener)(const char *, int);
static unsigned (*real_swap)(void *, void *);
static int (*real_error)(void);
static int is_lost;

static int fault(const char *kind) {
    const char *wanted = getenv("GL_FAULT");
    return wanted && strcmp(wanted, kind) == 0;
}

static unsigned swap(void *display, void *surface) {
    const char *when = getenv("GL_LOST_WHEN");
    /* Not SIGSEGV: the first one that no memory access raises is forgiven by Rust's handler. */
    if (fault("crash")) raise(SIGKILL);
    while (fault("hang")) pause();
    if (fault("lost") && when && access(when, F_OK) == 0) {
        is_lost = 1;
        return 0;
    }
    return real_swap(display, surface);
}

static int error(void) {
    return is_lost ? CONTEXT_LOST : real_error();
}

void *dlopen(const char *name, int flags) {
    static opener real;
    if (!real) real = (opener)dlvsym(RTLD_NEXT, "dlopen", "GLIBC_2.34");
    if (!real) real = (opener)dlvsym(RTLD_NEXT, "dlopen", "GLIBC_2.2.5");
    if (name && strncmp(name, "libGL.so", 8) == 0) return NULL;
    if (name && fault("absent") && strncmp(name, "libEGL.so", 9) == 0) return NULL;
    return real(name, flags);
}

void *dlsym(void *handle, const char *name) {
    static finder real;
    if (!real) real = (finder)dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    if (!real) real = (finder)dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    void *found = real(handle, name);
    if (found && strcmp(name, "eglSwapBuffers") == 0) {
        real_swap = (unsigned (*)(void *, void *))found;
        return (void *)swap;
    }
    if (found && strcmp(name, "eglGetError") == 0) {
        real_error = (int (*)(void))found;
        return (void *)error;
    }
    return found;
}
