/* A graphics driver that fails. Loaded with LD_PRELOAD by hosts.py, here and for Windows.
 *
 * The program finds OpenGL's libraries and their functions at run time, so these two ways of finding are what is spoilt.
 * GL_FAULT says how: "absent" (there are no libraries), "crash" (the first picture kills the process), "hang" (it never
 * comes), "lost" (once the file GL_LOST_WHEN exists, pictures fail as after a device was lost). On Linux GLX is absent in
 * all of them, so that EGL is used; Wine knows GLX alone, and GL_BY=glx leaves it there. */
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

static int by_glx(void) {
    const char *by = getenv("GL_BY");
    return by && strcmp(by, "glx") == 0;
}

static int lost_now(void) {
    const char *when = getenv("GL_LOST_WHEN");
    return fault("lost") && when && access(when, F_OK) == 0;
}

static void spoil_picture(void) {
    /* Not SIGSEGV: the first one that no memory access raises is forgiven by Rust's handler. */
    if (fault("crash")) raise(SIGKILL);
    while (fault("hang")) pause();
}

static unsigned swap(void *display, void *surface) {
    spoil_picture();
    if (lost_now()) {
        is_lost = 1;
        return 0;
    }
    return real_swap(display, surface);
}

static int error(void) {
    return is_lost ? CONTEXT_LOST : real_error();
}

/* GLX: a swap cannot fail there, but a picture begins with making its context current, which can. */
static void *(*real_find)(const unsigned char *);
static void (*real_glx_swap)(void *, unsigned long);
static int (*real_glx_current)(void *, unsigned long, void *);
static int (*real_glx_context_current)(void *, unsigned long, unsigned long, void *);

static void glx_swap(void *display, unsigned long drawable) {
    spoil_picture();
    real_glx_swap(display, drawable);
}

static int glx_current(void *display, unsigned long drawable, void *context) {
    return context && lost_now() ? 0 : real_glx_current(display, drawable, context);
}

static int glx_context_current(void *display, unsigned long draw, unsigned long read, void *context) {
    return context && lost_now() ? 0 : real_glx_context_current(display, draw, read, context);
}

static void *glx_find(const unsigned char *name) {
    void *found = real_find(name);
    const char *text = (const char *)name;
    if (found && strcmp(text, "glXSwapBuffers") == 0) {
        real_glx_swap = (void (*)(void *, unsigned long))found;
        return (void *)glx_swap;
    }
    if (found && strcmp(text, "glXMakeCurrent") == 0) {
        real_glx_current = (int (*)(void *, unsigned long, void *))found;
        return (void *)glx_current;
    }
    if (found && strcmp(text, "glXMakeContextCurrent") == 0) {
        real_glx_context_current = (int (*)(void *, unsigned long, unsigned long, void *))found;
        return (void *)glx_context_current;
    }
    return found;
}

void *dlopen(const char *name, int flags) {
    static opener real;
    if (!real) real = (opener)dlvsym(RTLD_NEXT, "dlopen", "GLIBC_2.34");
    if (!real) real = (opener)dlvsym(RTLD_NEXT, "dlopen", "GLIBC_2.2.5");
    if (name && (fault("absent") || !by_glx()) && strncmp(name, "libGL.so", 8) == 0) return NULL;
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
    if (found && by_glx() && strcmp(name, "glXGetProcAddressARB") == 0) {
        real_find = (void *(*)(const unsigned char *))found;
        return (void *)glx_find;
    }
    if (found && strcmp(name, "eglGetError") == 0) {
        real_error = (int (*)(void))found;
        return (void *)error;
    }
    return found;
}
