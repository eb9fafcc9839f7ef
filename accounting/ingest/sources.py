"""The files of a batch: found, named, hashed, and what their owner declares of them."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from accounting import hashing, system
from accounting.errors import DataRefused, EnvironmentFault, UsageError, Where, finding
from accounting.ingest import words
from accounting.ingest.text import is_encoding
from accounting.project import Input, Project

TABLES_BY_SUFFIX = (
    ".xls",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".et",
    ".ods",
    ".csv",
    ".tsv",
    ".txt",
    ".parquet",
    ".pq",
)
PARQUET = (".parquet", ".pq")
NO_TABLES = "folder.no_tables"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the project file or options say of a file; `by_option` tells which of the two gave the year."""

    entity: str | None = None
    year: int | None = None
    edition: str | None = None
    status: str | None = None
    map: Path | None = None
    use: bool | None = None
    adds: bool = False
    encoding: str | None = None
    by_option: bool = False

    def told(self) -> dict[str, Any]:
        """What is declared, for the manifest: without what is not, a mapping file as its text."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        told = {name: value for name, value in values.items() if value is not None and (value is not False or name == "use")}
        return told | ({"map": self.map.read_text(encoding="utf-8-sig")} if self.map else {})


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path, its name in addresses, its content hash and size, and what is declared of it.

    No two sources of a batch have one name. `skipped` is the code of a finding where the file is not read (a lock
    file, not a table), `fault` what stands in the way of reading it; it is then not hashed.
    """

    path: Path
    name: str
    sha256: str
    size: int
    declared: Declared = Declared()
    skipped: str | None = None
    fault: EnvironmentFault | None = None

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() in PARQUET

    def skipped_finding(self) -> dict[str, Any]:
        severity = "warning" if self.skipped == NO_TABLES else "info"
        return finding(self.skipped or "file.skipped", "completeness", severity, where=Where(self.name), seen=self.name)


def sources(
    paths: Sequence[Path | str],
    project: Project | None = None,
    entity: str | None = None,
    year: int | None = None,
    map: Path | None = None,  # noqa: A002 - the name of the option and of the key in the project file
    encoding: str | None = None,
) -> list[Source]:
    """Every file under the paths, or under the inputs of the project where no path is given, sorted by name.

    Folders are walked; lock files (~$), hidden files and files that are no tables come back with `skipped` set, files
    and folders that cannot be read with `fault`; a folder that holds a run is not entered. A file named by two inputs
    is one source: the later says what it says. Files of one name are told apart by the folders above them.
    Raises UsageError: `file.missing` for a path that is not there, `file.unknown_encoding`, `entity.*` for a declared
    entity that is none, `input.declared_twice` where option and project file contradict each other.
    """
    if encoding is not None and not is_encoding(encoding):
        raise UsageError("file.unknown_encoding", seen=encoding)
    option = Declared(
        entity=declared_entity(entity), year=year, map=map, encoding=encoding, by_option=year is not None
    )  # fmt: skip
    wanted: list[tuple[Path, Declared]] = [(Path(path), option) for path in paths]
    if not wanted and project is not None:
        wanted = [(path, _joined(given, option)) for given in project.inputs for path in given.files()]
    found: dict[Path, _Found] = {}
    without: list[Source] = []
    for path, declared in wanted:
        if not _is_there(path):
            raise UsageError("file.missing", where=Where(str(path)), seen=str(path))
        here = list(_files(path, declared))
        found.update((_identity(one.path), one) for one in here)
        if os.path.isdir(path) and all(one.error is None and _why_skipped(one.path, given=False) for one in here):
            without.append(Source(path, path.as_posix(), "", 0, declared, NO_TABLES))
    names = _unlike({file: one.name for file, one in found.items()})
    given = {_identity(path) for path, _ in wanted}
    told = [_source(file, names[file], found[file], file in given) for file in sorted(found, key=lambda file: names[file])]
    return [*told, *without]


@dataclass(frozen=True, slots=True)
class _Found:
    """A file where it was met, its name as far as it was given, and why it (or its folder) cannot be listed."""

    path: Path
    name: str
    declared: Declared
    error: OSError | None = None


def declared_entity(text: str | None, where: Where | None = None) -> str | None:
    """The code or own id that a declaration means, as the same word in a column does.

    >>> declared_entity("北京"), declared_entity("park-7"), declared_entity(None)
    ('110000', 'park-7', None)
    """
    if text is None:
        return None
    try:
        return str(words.entity(text).value)
    except DataRefused as refused:
        raise UsageError(refused.code, where=where, seen=refused.seen, **refused.facts_but_seen()) from refused


def _joined(given: Input, option: Declared) -> Declared:
    """What an input of the project declares, and the options where it is silent."""
    given = replace(given, entity=declared_entity(given.entity, Where(given.path)))
    for name in ("entity", "year"):
        ours, theirs = getattr(given, name), getattr(option, name)
        if ours is not None and theirs is not None and ours != theirs:
            raise UsageError("input.declared_twice", where=Where(given.path), seen=f"{theirs} / {ours}", name=name)
    return replace(
        option,
        entity=given.entity or option.entity,
        year=given.year if given.year is not None else option.year,
        edition=given.edition,
        status=given.status,
        map=given.map or option.map,
        use=given.use,
        adds=given.adds,
        by_option=option.by_option and given.year is None,
    )


def _is_there(path: Path) -> bool:
    """Whether a path leads anywhere; one that may not be looked at is there, and its fault is told when it is read."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


def _identity(path: Path) -> Path:
    """One path for one file, whichever way its folder was reached; a link keeps its own name."""
    return Path(os.path.realpath(path.parent)) / path.name


def _files(path: Path, declared: Declared) -> Iterator[_Found]:
    """Files of a path with their names; a folder's name begins those of its files."""
    if not os.path.isdir(path):
        yield _Found(path, _name(path), declared)
        return
    top = Path(os.path.realpath(path))
    closed: list[OSError] = []
    for folder, inside, files in os.walk(top, onerror=closed.append):
        if _is_run(Path(folder)):
            inside.clear()
            continue
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        for file in (Path(folder) / name for name in sorted(files)):
            if not _is_special(file):
                yield _Found(file, _below(top, file), declared)
    for error in closed:
        yield _Found(Path(error.filename), _below(top, Path(error.filename)), declared, error)


def _below(top: Path, file: Path) -> str:
    return "/".join(part for part in (top.name, *file.relative_to(top).parts) if part)


def _is_special(file: Path) -> bool:
    """A pipe, a socket, a device: never opened. What may not be looked at is left to the reader."""
    try:
        return not stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return False


def _is_run(folder: Path) -> bool:
    return (folder / "manifest.json").is_file() and (folder / "inventory.parquet").exists()


def _name(path: Path) -> str:
    """How a file is named in addresses: as it was given, or with its folder where the path is absolute."""
    if path.is_absolute() or ".." in path.parts:
        return "/".join(_parts(_identity(path))[-2:])
    return path.as_posix()


def _unlike(names: Mapping[Path, str]) -> dict[Path, str]:
    """Names that no two files share: those that would are lengthened by the folders above until they differ.

    >>> list(_unlike({Path("/x/a/data/t.csv"): "data/t.csv", Path("/x/d/data/t.csv"): "data/t.csv"}).values())
    ['a/data/t.csv', 'd/data/t.csv']
    """
    unlike = dict(names)
    while True:
        shared = Counter(os.path.normcase(name) for name in unlike.values())
        alike = [file for file, name in unlike.items() if shared[os.path.normcase(name)] > 1]
        longer = {file: "/".join(_parts(file)[-unlike[file].count("/") - 2 :]) for file in alike}
        if longer == {file: unlike[file] for file in alike}:
            return unlike
        unlike |= longer


def _parts(file: Path) -> list[str]:
    """The folders of a path and its name; a drive is a folder like the others."""
    drive = file.drive
    return (drive.replace(":", "").replace("\\", "/") + file.as_posix()[len(drive) :]).strip("/").split("/")


def _source(file: Path, name: str, found: _Found, given: bool) -> Source:
    if found.error is not None:
        return Source(file, name, "", 0, found.declared, fault=system.file_fault(found.error, file))
    skipped = _why_skipped(file, given)
    if skipped is not None:
        return Source(file, name, "", 0, found.declared, skipped)
    try:
        digest, size = hashing.hashed(file)
    except OSError as error:
        return Source(file, name, "", 0, found.declared, fault=system.file_fault(error, file))
    return Source(file, name, digest, size, found.declared)


def _why_skipped(file: Path, given: bool) -> str | None:
    if file.name.startswith("~$"):
        return "file.lock"
    if file.name.startswith("."):
        return "file.hidden"
    if file.suffix.lower() not in TABLES_BY_SUFFIX and not given:
        return "file.no_table"
    return None
