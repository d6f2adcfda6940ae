#include "GLPKShims.h"

#include <setjmp.h>
#include <stddef.h>

/* Where a failing GLPK call of this thread lands: only C frames of GLPK lie between. NULL while foreign code runs. */
static _Thread_local jmp_buf *landing;
static _Thread_local int environment_is_lost;

/* GLPK calls this after it has printed its message and before it aborts. */
static void on_failure(void *info)
{
    (void)info;
    if (landing != NULL) {
        jmp_buf *target = landing;
        landing = NULL;
        environment_is_lost = 1;
        longjmp(*target, 1);
    }
}

int guard_simplex(glp_prob *problem, const glp_smcp *parameters)
{
    jmp_buf here;
    if (environment_is_lost || setjmp(here) != 0)
        return GUARD_GAVE_UP;
    glp_error_hook(on_failure, NULL);
    landing = &here;
    int code = glp_simplex(problem, parameters);
    landing = NULL;
    return code;
}

int guard_exact(glp_prob *problem, const glp_smcp *parameters)
{
    jmp_buf here;
    if (environment_is_lost || setjmp(here) != 0)
        return GUARD_GAVE_UP;
    glp_error_hook(on_failure, NULL);
    landing = &here;
    int code = glp_exact(problem, parameters);
    landing = NULL;
    return code;
}

struct callback {
    void (*function)(glp_tree *tree, void *info);
    void *info;
};

/* The callback's frames must not be jumped over, so the landing is out of reach while it runs. */
static void call_back(glp_tree *tree, void *info)
{
    struct callback *callback = info;
    jmp_buf *saved = landing;
    landing = NULL;
    callback->function(tree, callback->info);
    landing = saved;
}

int guard_intopt(glp_prob *problem, const glp_iocp *parameters)
{
    jmp_buf here;
    struct callback callback = {parameters->cb_func, parameters->cb_info};
    glp_iocp own = *parameters;
    if (environment_is_lost || setjmp(here) != 0)
        return GUARD_GAVE_UP;
    if (own.cb_func != NULL) {
        own.cb_func = call_back;
        own.cb_info = &callback;
    }
    glp_error_hook(on_failure, NULL);
    landing = &here;
    int code = glp_intopt(problem, &own);
    landing = NULL;
    return code;
}

int guard_environment_is_lost(void)
{
    return environment_is_lost;
}

void guard_free_environment(void)
{
    landing = NULL;
    environment_is_lost = 0;
    glp_free_env();
}
