#ifndef PROCESS_SHIMS_H
#define PROCESS_SHIMS_H

#include <sys/types.h>

/* Starts a program as the leader of a process group of its own, in a folder, without input, both outputs into a file
   that is open here. Blocked signals are not inherited. On Linux the program is killed when the calling thread ends,
   however that happens: it has to live as long as the program.

   Returns the process, or -1 with errno set, where the program cannot be run as well. */
pid_t child_start(const char *path, char *const arguments[], const char *folder, int output);

/* Kills the program and those that it started in its group. */
void child_kill(pid_t child);

#endif
