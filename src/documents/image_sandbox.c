#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "image_parts.h"

enum {
    MEMORY = 512 * 1024 * 1024,
    FILE_BYTES = 16 * 1024 * 1024,
    SECONDS = 10,
};

static bool
limit(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit r = {soft, hard};
    return setrlimit(what, &r) == 0;
}

static bool
limit_all(void)
{
    bool ok = limit(RLIMIT_CPU, SECONDS, SECONDS + 1) && limit(RLIMIT_FSIZE, FILE_BYTES, FILE_BYTES) &&
              limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NOFILE, 0, 0) && limit(RLIMIT_NPROC, 0, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their shadow memory is larger than any limit */
    ok = ok && limit(RLIMIT_AS, MEMORY, MEMORY);
#endif
    return ok;
}

/* What decoding and encoding between open descriptors needs. */
static const int allowed[] = {
    SCMP_SYS(read),         SCMP_SYS(pread64),      SCMP_SYS(write),          SCMP_SYS(lseek),
    SCMP_SYS(fstat),        SCMP_SYS(newfstatat),   SCMP_SYS(close),          SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),      SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(brk),
    SCMP_SYS(madvise),      SCMP_SYS(futex),        SCMP_SYS(exit),           SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(getrandom),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),       SCMP_SYS(clock_gettime),  SCMP_SYS(restart_syscall),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SCMP_SYS(sigaltstack),  SCMP_SYS(sched_yield),
#endif
};

/* What no decoder ever asks for: whoever does has taken it over. Everything else is refused with EPERM. */
static const int deadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(bpf),
};

static bool
add_rules(scmp_filter_ctx c)
{
    int bad = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        bad |= seccomp_rule_add(c, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    /* Memory never becomes code; signals reach only the process itself (abort). */
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return bad == 0;
}

bool
image_sandbox_enter(void)
{
    if (!limit_all() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return false;
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = c && add_rules(c) && seccomp_load(c) == 0;
    if (c)
        seccomp_release(c);
    return ok;
}
