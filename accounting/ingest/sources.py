"""The files of a batch: found, named, hashed, and what their owner declares of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from accounting.errors import UsageError, Where, finding
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
NOT_DATA = (".toml", ".md", ".json", ".yaml", ".yml", ".html", ".py", ".log")
PARQUET = (".parquet", ".pq")
_CHUNK = 1 << 20


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
        """What is declared, for the manifest: without what is not, and without paths."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "map"}
        return {name: value for name, value in values.items() if value not in (None, False)}


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path, its name in addresses, its content hash and size, and what is declared of it.

    `skipped` is the code of a finding where the file is not read (a lock file, not a table); it is then not hashed.
    """

    path: Path
    name: str
    sha256: str
    size: int
    declared: Declared = Declared()
    skipped: str | None = None

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() in PARQUET

    def skipped_finding(self) -> dict[str, Any]:
        return finding(self.skipped or "file.skipped", "completeness", "info", where=Where(self.name), seen=self.name)


def sources(
    paths: Sequence[Path | str],
    project: Project | None = None,
    entity: str | None = None,
    year: int | None = None,
    map: Path | None = None,  # noqa: A002 - the name of the option and of the key in the project file
    encoding: str | None = None,
) -> list[Source]:
    """Every file under the paths, or under the inputs of the project where no path is given, sorted by name.

    Folders are walked; lock files (~$), hidden files and files that are no tables come back with `skipped` set; a
    folder that holds a run is not entered. A file named by two inputs is one source: the later says what it says.
    Raises UsageError: `file.missing` for a path that is not there, `input.declared_twice` where option and project
    file contradict each other.
    """
    option = Declared(entity=entity, year=year, map=map, encoding=encoding, by_option=year is not None)
    wanted: list[tuple[Path, Declared]] = [(Path(path), option) for path in paths]
    if not wanted and project is not None:
        wanted = [(path, _joined(given, option)) for given in project.inputs for path in given.files()]
    found: dict[Path, tuple[str, Declared]] = {}
    for path, declared in wanted:
        if not path.exists():
            raise UsageError("file.missing", where=Where(str(path)), seen=str(path))
        for file, name in _files(path):
            found[file.absolute()] = (name, declared)
    named = sorted((name, file, declared) for file, (name, declared) in found.items())
    given = {path.absolute() for path, _ in wanted}
    return [_source(file, name, declared, file in given) for name, file, declared in named]


def _joined(given: Input, option: Declared) -> Declared:
    """What an input of the project declares, and the options where it is silent."""
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


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Files of a path with their names; a folder's name begins those of its files."""
    if not path.is_dir():
        yield path, _name(path)
        return
    top = path.resolve()
    for file in sorted(top.rglob("*"), key=lambda entry: entry.as_posix()):
        folders = [top, *(top / part for part in _parts_between(top, file))]
        if file.is_file() and not any(_is_run(folder) for folder in folders):
            if any(folder.name.startswith(".") for folder in folders[1:]):
                continue
            yield path / file.relative_to(top), f"{top.name}/{file.relative_to(top).as_posix()}"


def _parts_between(top: Path, file: Path) -> list[str]:
    parts = file.relative_to(top).parts[:-1]
    return ["/".join(parts[: place + 1]) for place in range(len(parts))]


def _is_run(folder: Path) -> bool:
    return (folder / "manifest.json").is_file() and (folder / "inventory.parquet").exists()


def _name(path: Path) -> str:
    """How a file is named in addresses: as it was given, or with its folder where the path is absolute."""
    if path.is_absolute() or ".." in path.parts:
        resolved = path.absolute()
        return "/".join(part for part in (resolved.parent.name, resolved.name) if part)
    return path.as_posix()


def _source(file: Path, name: str, declared: Declared, given: bool) -> Source:
    skipped = _why_skipped(file, given)
    if skipped is not None:
        return Source(file, name, "", 0, declared, skipped)
    digest, size = hashed(file)
    return Source(file, name, digest, size, declared)


def _why_skipped(file: Path, given: bool) -> str | None:
    if file.name.startswith("~$"):
        return "file.lock"
    if file.name.startswith("."):
        return "file.hidden"
    if file.suffix.lower() not in TABLES_BY_SUFFIX and not given:
        return "file.no_table"
    return None


def hashed(file: Path) -> tuple[str, int]:
    """SHA-256 and size of a file, read in pieces."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
