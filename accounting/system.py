"""Everything that differs between Windows and POSIX: the only home of platform-dependent code.

Each function takes the platform from `WINDOWS`, so that both branches can be tested with stand-ins. The Windows
branches follow the documentation of the system calls; they have not been run on Windows.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any, NoReturn

from accounting.errors import EnvironmentFault, Where

WINDOWS = os.name == "nt"
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_SHARING_VIOLATIONS = (32, 33)
_NO_SPACE = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def make_output_safe() -> None:
    """Let no character that the terminal's code page lacks stop the command (936 has no ₂), nor a closed stream."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def take_large_pages() -> None:
    """Let the engine keep its memory and take it in large pages, in this process and its children: a tenth less time.

    To be called before the engine is loaded. It is for a process that ends with its command; a service that embeds the
    engine keeps its own ways, and so does whoever set the variable.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "thp:always,metadata_thp:always,narenas:2,dirty_decay_ms:-1,muzzy_decay_ms:-1")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def end_with_parent() -> None:
    """Let the system end this process as soon as its parent is gone, where the system knows how (Linux)."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes
    import signal

    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def end_this_process(code: int) -> NoReturn:
    """End without giving back piece by piece the memory that the system takes back at once."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def limit_this_process(memory: int, seconds: int, answer: int) -> None:
    """Bound the memory, processor time and file size of this process, before it reads anything hostile."""
    if WINDOWS:
        _limit_by_job(memory, seconds)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer, answer))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_by_job(memory: int, seconds: int) -> None:
    """A Job Object around this process: JOB_OBJECT_LIMIT_PROCESS_MEMORY, _PROCESS_TIME and _KILL_ON_JOB_CLOSE."""
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]

    class Basic(ctypes.Structure):
        _fields_ = (
            ("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32),
            ("least", ctypes.c_size_t), ("most", ctypes.c_size_t), ("processes", ctypes.c_uint32),
            ("affinity", ctypes.c_size_t), ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32),
        )  # fmt: skip

    class Extended(ctypes.Structure):
        _fields_ = (
            ("basic", Basic), ("io", ctypes.c_uint64 * 6), ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t), ("peak_process", ctypes.c_size_t), ("peak_job", ctypes.c_size_t),
        )  # fmt: skip

    limits = Extended()
    limits.basic.flags = 0x2 | 0x100 | 0x2000
    limits.basic.process_time = seconds * 10_000_000
    limits.process_memory = memory
    job = kernel.CreateJobObjectW(None, None)
    kernel.SetInformationJobObject(job, 9, ctypes.byref(limits), ctypes.sizeof(limits))
    kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())


def flush_file(path: Path) -> None:
    """Bring a written file to the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def flush_folder(path: Path) -> None:
    """Bring the names in a folder to the disk; Windows has no such call and keeps them with the files."""
    if WINDOWS:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename_whole(source: Path, target: Path) -> None:
    """Give a finished folder its name at once; a target that holds something is never replaced (OSError)."""
    if WINDOWS and target.is_dir():
        target.rmdir()
    source.rename(target)


def process_lives(number: int) -> bool:
    """Whether a process of that number runs; where it cannot be known it counts as living."""
    if WINDOWS:
        import ctypes

        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]
        process = kernel.OpenProcess(0x1000, False, number)
        if process:
            kernel.CloseHandle(process)
        return bool(process)
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def exclusive(lock: Path) -> Generator[None]:
    """Hold a lock file alone; a second holder gets EnvironmentFault (`lock.held`)."""
    with lock.open("a+b") as stream:
        try:
            _hold(stream.fileno())
        except OSError as error:
            raise EnvironmentFault("lock.held", where=Where(str(lock)), seen=str(error)) from error
        yield


def _hold(descriptor: int) -> None:
    if WINDOWS:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def os_error(number: int, text: str) -> OSError:
    """The error of a system call that somebody else made and told by its number (on Windows a number of its own)."""
    return OSError(0, text, None, number) if WINDOWS else OSError(number, text)


def file_fault(error: OSError, path: Path) -> EnvironmentFault:
    """What stands in the way of a file, in words: open in WPS or Excel, no permission, no space, or as the system says."""
    where = Where(str(path))
    if getattr(error, "winerror", None) in _SHARING_VIOLATIONS:
        return EnvironmentFault("file.open_elsewhere", where=where)
    if isinstance(error, PermissionError):
        return EnvironmentFault("file.no_permission", where=where)
    if error.errno in _NO_SPACE:
        return EnvironmentFault("disk.full", where=where)
    return EnvironmentFault("disk.fault", where=where, seen=error.strerror or str(error))
