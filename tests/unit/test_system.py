"""Both branches of what differs between platforms; the Windows one against stand-ins of its system calls."""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from accounting import system
from accounting.errors import EnvironmentFault

posix_only = pytest.mark.skipif(os.name == "nt", reason="the POSIX branch")


class Kernel:
    """Remembers what the Windows kernel would have been asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple]] = []

    def __getattr__(self, name: str):
        def called(*arguments: object) -> int:
            self.asked.append((name, arguments))
            return 1

        return called


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    kernel = Kernel()
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(ctypes, "windll", types.SimpleNamespace(kernel32=kernel), raising=False)
    return kernel


def test_on_windows_a_job_object_bounds_the_process(windows: Kernel) -> None:
    system.limit_this_process(1 << 20, 5, 1 << 20)
    assert [name for name, _ in windows.asked] == [
        "CreateJobObjectW",
        "SetInformationJobObject",
        "GetCurrentProcess",
        "AssignProcessToJobObject",
    ]
    kind, size = windows.asked[1][1][1], windows.asked[1][1][3]
    assert kind == 9  # JobObjectExtendedLimitInformation
    assert size == 144  # its size on 64-bit Windows


def test_on_windows_folders_are_not_flushed(windows: Kernel, tmp_path: Path) -> None:
    system.flush_folder(tmp_path / "not there")
    assert windows.asked == []


def test_on_windows_an_empty_target_makes_room(windows: Kernel, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    system.rename_whole(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").is_dir()
    assert not (tmp_path / "a").exists()


def test_on_windows_a_process_is_asked_for(windows: Kernel) -> None:
    assert system.process_lives(1234)
    assert [name for name, _ in windows.asked] == ["OpenProcess", "CloseHandle"]


def test_on_windows_a_lock_is_taken_from_msvcrt(windows: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple] = []
    stand_in = types.SimpleNamespace(LK_NBLCK=2, locking=lambda *a: taken.append(a))
    monkeypatch.setitem(sys.modules, "msvcrt", stand_in)
    with system.exclusive(tmp_path / "lock"):
        assert taken[0][1:] == (2, 1)


@posix_only
def test_a_lock_is_held_alone(tmp_path: Path) -> None:
    with (
        system.exclusive(tmp_path / "lock"),
        pytest.raises(EnvironmentFault, match="lock.held"),
        system.exclusive(tmp_path / "lock"),
    ):
        pass
    with system.exclusive(tmp_path / "lock"):
        pass


@posix_only
def test_a_folder_that_holds_something_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_text("mine")
    with pytest.raises(OSError, match="not empty"):
        system.rename_whole(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "x").read_text() == "mine"


@posix_only
def test_the_limits_hold() -> None:
    program = "from accounting import system; system.limit_this_process(200 << 20, 5, 1000); bytearray(400 << 20)"
    assert b"MemoryError" in subprocess.run([sys.executable, "-c", program], capture_output=True).stderr


@posix_only
def test_a_dead_process_is_known() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not system.process_lives(ended.pid)
    assert system.process_lives(os.getpid())


def fault(number: int, kind: type[OSError] = OSError, **attributes: object) -> OSError:
    error = kind(number, os.strerror(number))
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (fault(errno.EACCES, PermissionError, winerror=32), "file.open_elsewhere"), (fault(errno.EACCES, PermissionError), "file.no_permission"),
        (fault(errno.ENOSPC), "disk.full"), (fault(errno.EIO), "disk.fault"),
    ],
)  # fmt: skip
def test_a_fault_of_the_disk_is_named(error: OSError, code: str) -> None:
    found = system.file_fault(error, Path("a.xlsx"))
    assert (found.code, found.exit_code, found.where.file) == (code, 6, "a.xlsx")


def test_large_pages_are_asked_for_unless_somebody_has_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "")
    monkeypatch.delenv("_RJEM_MALLOC_CONF")
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "system")
    system.take_large_pages()
    assert "thp:always" in os.environ["_RJEM_MALLOC_CONF"]
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "thp:never")
    system.take_large_pages()
    assert os.environ["_RJEM_MALLOC_CONF"] == "thp:never"


def test_a_process_ends_with_its_code_and_everything_said() -> None:
    program = "import sys; from accounting import system; print('said'); sys.stderr.write('noted'); system.end_this_process(3)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "said\n", "noted")


@pytest.mark.parametrize(("code", "expected", "said"), [("None", 0, ""), ("5", 5, ""), ("'lost words'", 1, "lost words\n")])
def test_the_command_ends_with_the_code_of_main(code: str, expected: int, said: str) -> None:
    program = f"from accounting import cli\ndef main(): raise SystemExit({code})\ncli.main = main\ncli.command()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (expected, said)
