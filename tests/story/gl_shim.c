/* A graphics driver that fails. Loaded with LD_PRELOAD by hosts.py, here and for Windows.
 *
 * The program finds OpenGL's libraries and their functions at run time, so these two ways of finding are what is spoilt.
 * GL_FAULT says how: "absent" (there are no libraries), "crash" (the first picture kills the process), "hang" (it never
 * comes), "lost" (once the file GL_LOST_WHEN exists, pictures fail as after a device was lost). On Linux GLX is absent in
 * all of them, so that EGL is used; Wine knows GLX alone, and GL_BY=glx leaves it there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
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

/* GLX: a swap cannot fail there, and Wine takes it for done; so Wine's own swap is what is lost. */
static void *(*real_find)(const unsigned char *);
static void (*real_glx_swap)(void *, unsigned long);

static void glx_swap(void *display, unsigned long drawable) {
    spoil_picture();
    real_glx_swap(display, drawable);
}

static void *glx_find(const unsigned char *name) {
    void *found = real_find(name);
    if (found && strcmp((const char *)name, "glXSwapBuffers") == 0) {
        real_glx_swap = (void (*)(void *, unsigned long))found;
        return (void *)glx_swap;
    }
    return found;
}

/* Where SwapBuffers stands in Wine's table of a driver's functions (struct opengl_funcs of its wine/wgl_driver.h). */
#define WGL_SWAP_BUFFERS 9

static int (*real_wgl_swap)(void *);

static int wgl_swap(void *context) {
    return lost_now() ? 0 : real_wgl_swap(context);
}

static int is_win32u(struct dl_phdr_info *library, size_t size, void *path) {
    (void)size;
    const char *end = strrchr(library->dlpi_name, '/');
    if (!end || strcmp(end, "/win32u.so") != 0) return 0;
    *(const char **)path = library->dlpi_name;
    return 1;
}

/* Wine's opengl32 asks win32u for the table at each call, and finds this instead. */
void **__wine_get_wgl_driver(void *context, unsigned version) {
    static void **(*real)(void *, unsigned);
    const char *path = NULL;
    if (!real && dl_iterate_phdr(is_win32u, &path))
        real = (void **(*)(void *, unsigned))dlsym(dlopen(path, RTLD_NOW | RTLD_NOLOAD), "__wine_get_wgl_driver");
    void **functions = real ? real(context, version) : NULL;
    /* Not a table: there is no driver, or it is of another version. */
    if (!functions || functions == (void **)-1) return functions;
    if (functions[WGL_SWAP_BUFFERS] && functions[WGL_SWAP_BUFFERS] != (void *)wgl_swap) {
        real_wgl_swap = (int (*)(void *))functions[WGL_SWAP_BUFFERS];
        functions[WGL_SWAP_BUFFERS] = (void *)wgl_swap;
    }
    return functions;
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
