"""Which system calls a container may make: a list of ours, shorter than the engine's own.

Begun from the profile that Docker Engine ships (moby, `profiles/seccomp/default.json`; names of
calls are facts, the text is ours). Engines differ: 20.10 lets a container use io_uring, AF_VSOCK
and AF_ALG, 28 does not. With this list they all do the same. Gone besides those three: ptrace and
reading another process's memory, file handles, all sockets but four families, every way to a
namespace, and what only a capability would open. Whatever is not named is refused with EPERM;
clone3 with ENOSYS, for its flags lie in memory where no filter sees them, and then libc uses clone.

A name that a kernel or a library does not know is passed over, so the list may be newer than both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

_FILES = """
access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat
faccessat2 fadvise64 fadvise64_64 arm_fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2
fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr
fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents
getdents64 getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl
lchown lchown32 lgetxattr link linkat listxattr listxattrat llistxattr _llseek lremovexattr lseek
lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv
preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr
removexattrat rename renameat renameat2 rmdir sendfile sendfile64 setxattr setxattrat splice stat
stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range sync_file_range2
arm_sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat
utimensat_time64 utimes vmsplice write writev
"""
_WAITING = """
epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait
epoll_wait_old eventfd eventfd2 io_cancel io_destroy io_getevents io_pgetevents
io_pgetevents_time64 io_setup io_submit _newselect pipe pipe2 poll ppoll ppoll_time64 pselect6
pselect6_time64 select signalfd signalfd4
"""
_MEMORY = """
brk cachestat madvise map_shadow_stack membarrier memfd_create mincore mlock mlock2 mlockall mmap
mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
remap_file_pages
"""
_PROCESSES = """
arch_prctl breakpoint cacheflush capget capset execve execveat exit exit_group fork futex
futex_requeue futex_time64 futex_wait futex_waitv futex_wake get_robust_list get_thread_area getcpu
getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp getpid
getppid getpriority getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid gettid
getuid getuid32 ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset
landlock_restrict_self pause pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease
restart_syscall riscv_flush_icache riscv_hwprobe rseq rt_sigaction rt_sigpending rt_sigprocmask
rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo
sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
sched_setattr sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_thread_area
set_tid_address set_tls setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups
setgroups32 setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32
setreuid setreuid32 setrlimit setsid setuid setuid32 sigaltstack sigprocmask sigreturn swapcontext
sysinfo tgkill times tkill ugetrlimit uname vfork wait4 waitid waitpid
"""
_TIME = """
adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer getrandom gettimeofday nanosleep
setitimer time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64
timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
timerfd_settime64
"""
_TALKING = """
accept accept4 bind connect getpeername getsockname getsockopt ipc listen mq_getsetattr mq_notify
mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink msgctl
msgget msgrcv msgsnd recv recvfrom recvmmsg recvmmsg_time64 recvmsg semctl semget semop semtimedop
semtimedop_time64 send sendmmsg sendmsg sendto setsockopt shmat shmctl shmdt shmget shutdown
"""

ALLOWED = frozenset(f"{_FILES}{_WAITING}{_MEMORY}{_PROCESSES}{_TIME}{_TALKING}".split())
"""Calls that are allowed whatever they are given."""

_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _DATAGRAM, _KIND = 1, 2, 0xF
_TCP, _UDP = 6, 17
"""Source: linux/socket.h, net.h, in.h. The kind of a socket is the low four bits of its type."""

_NAMESPACES = 0x7E020000
"""CLONE_NEW*, all of clone's flags that make a namespace. Source: linux/sched.h."""

_AS_IT_IS, _ASK = 0, 0xFFFFFFFF
"""What `personality` may be given: the usual one, and the question which one it is."""

_NO_SUCH_CALL = 38

ARCHITECTURES = (
    ("SCMP_ARCH_X86_64", ("SCMP_ARCH_X86",)),
    ("SCMP_ARCH_AARCH64", ("SCMP_ARCH_ARM",)),
    ("SCMP_ARCH_S390X", ()),
    ("SCMP_ARCH_PPC64LE", ()),
    ("SCMP_ARCH_RISCV64", ()),
)
"""The machine's own calls, and those of its 32-bit programs. x32 is left out: nobody needs it."""


@cache
def profile() -> str:
    """The profile as `SecurityOpt` takes it (`seccomp=…`), in the engine's own JSON."""
    whole = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "archMap": [
            {"architecture": own, "subArchitectures": list(others)} for own, others in ARCHITECTURES
        ],
        "syscalls": list(_rules()),
    }
    return json.dumps(whole, separators=(",", ":"))


def _rules() -> Iterator[dict[str, Any]]:
    # 32-bit programs can open a socket through `socketcall`, whose arguments lie in memory: for
    # each rule about `socket` libseccomp allows that, too, unless it is said to be a trap.
    yield {"names": ["socketcall"], "action": "SCMP_ACT_TRAP", "args": []}
    yield _allow(sorted(ALLOWED))
    yield _allow(["socket", "socketpair"], _is(0, _UNIX))
    yield _allow(["socket"], _is(0, _NETLINK), _is(2, 0))  # NETLINK_ROUTE: what getifaddrs asks
    for family in (_INET, _INET6):
        for kind, protocol in ((_STREAM, _TCP), (_DATAGRAM, _UDP)):
            for number in (0, protocol):
                yield _allow(["socket"], _is(0, family), _masked(1, _KIND, kind), _is(2, number))
    for value in (_AS_IT_IS, _ASK):
        yield _allow(["personality"], _is(0, value))
    s390 = {"arches": ["s390", "s390x"]}
    yield {**_allow(["clone"], _masked(0, _NAMESPACES, 0)), "excludes": s390}
    yield {**_allow(["clone"], _masked(1, _NAMESPACES, 0)), "includes": s390}
    yield {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _NO_SUCH_CALL}


def _allow(names: list[str], *where: dict[str, Any]) -> dict[str, Any]:
    """One rule: all of ``where`` have to hold."""
    return {"names": names, "action": "SCMP_ACT_ALLOW", "args": list(where)}


def _is(argument: int, value: int) -> dict[str, Any]:
    return {"index": argument, "value": value, "op": "SCMP_CMP_EQ"}


def _masked(argument: int, mask: int, value: int) -> dict[str, Any]:
    return {"index": argument, "value": mask, "valueTwo": value, "op": "SCMP_CMP_MASKED_EQ"}
