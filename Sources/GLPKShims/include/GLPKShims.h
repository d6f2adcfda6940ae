#ifndef GLPK_SHIMS_H
#define GLPK_SHIMS_H

#include <glpk.h>

/* GLPK ends the process when one of its own assertions fails. These calls come back instead, with GUARD_GAVE_UP.
   After that the thread's GLPK environment and every problem in it are beyond use: delete no problem, call nothing but
   guard_free_environment. */
#define GUARD_GAVE_UP (-1000)

int guard_simplex(glp_prob *problem, const glp_smcp *parameters);
int guard_exact(glp_prob *problem, const glp_smcp *parameters);

/* Like glp_intopt; a failure inside parameters->cb_func itself is not caught. */
int guard_intopt(glp_prob *problem, const glp_iocp *parameters);

/* Whether a guarded call of this thread gave up since its environment was last freed. */
int guard_environment_is_lost(void);

/* Frees the environment of this thread with all that is left in it. */
void guard_free_environment(void);

#endif
