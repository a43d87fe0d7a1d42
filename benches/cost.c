// What one run of a program costs, whole process: cost STDIN-FILE COMMAND [ARGUMENT...]
// Prints "wall-ms cpu-ms peak-KiB exit-code". In C, because the peak of a child begins with its starter's size.
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double milliseconds(struct timeval time) { return time.tv_sec * 1e3 + time.tv_usec / 1e3; }

int main(int count, char **arguments) {
    if (count < 3) return 2;
    struct timespec begin, end;
    struct rusage used;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    pid_t child = vfork();
    if (child == 0) {
        int input = open(arguments[1], O_RDONLY), nothing = open("/dev/null", O_WRONLY);
        dup2(input, 0);
        dup2(nothing, 1);
        dup2(nothing, 2);
        execvp(arguments[2], arguments + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) < 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double wall = (end.tv_sec - begin.tv_sec) * 1e3 + (end.tv_nsec - begin.tv_nsec) / 1e6;
    printf("%.2f %.2f %ld %d\n", wall, milliseconds(used.ru_utime) + milliseconds(used.ru_stime), used.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return 0;
}
