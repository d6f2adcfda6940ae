#define _GNU_SOURCE
#include "ProcessShims.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

extern char **environ;

/* Between fork and exec: only calls that are safe after a fork of a process with many threads. */
static void become(const char *path, char *const arguments[], const char *folder, int output, pid_t parent)
{
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* The parent may have died before. */
    if (getppid() != parent)
        _exit(127);
#ifdef SYS_close_range
    /* All other open files close when the program begins (CLOSE_RANGE_CLOEXEC). */
    syscall(SYS_close_range, 3u, ~0u, 4u);
#endif
#else
    (void)parent;
#endif
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int input = open("/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0
        || dup2(output, STDERR_FILENO) < 0 || chdir(folder) != 0)
        return;
    execve(path, arguments, environ);
}

pid_t child_start(const char *path, char *const arguments[], const char *folder, int output)
{
    /* Closes by itself when the program begins; brings the reason if it does not. */
    int report[2];
    if (pipe(report) != 0)
        return -1;
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        become(path, arguments, folder, output, parent);
        const int reason = errno;
        ssize_t written = write(report[1], &reason, sizeof reason);
        (void)written;
        _exit(127);
    }
    int reason = errno;
    close(report[1]);
    if (child > 0) {
        /* Both set it, so that it is set for whoever comes first. */
        setpgid(child, child);
        ssize_t count;
        while ((count = read(report[0], &reason, sizeof reason)) < 0 && errno == EINTR) {
        }
        if (count == 0)
            reason = 0;
        else
            waitpid(child, NULL, 0);
    }
    close(report[0]);
    errno = reason;
    return reason == 0 ? child : -1;
}

void child_kill(pid_t child)
{
    if (child > 0) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
}
