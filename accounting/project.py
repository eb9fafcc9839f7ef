"""The project file `tanfeng.toml`: what a batch of inputs is, said once (contract §5).

    view = "energy-balance"
    [[inputs]]
    path = "年鉴/*/6-11.xls"     # relative to this file; folders are walked
    edition = "2014"
    [factors]
    packs = ["ceads-2018"]
    [tables]
    corrections = "corrections.toml"
    entities = "entities.csv"     # parameters, splits
    [[parts]]                     # a whole made from its parts
    whole = "330100"
    of = ["P1", "P2"]

Strict: a key that is not known, or that this version does not serve yet, is refused with its line and the nearest
known one. Nothing but this file is opened here.
"""

from __future__ import annotations

import glob
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from accounting.errors import UsageError, Where, did_you_mean

FILE_NAME = "tanfeng.toml"
RUNS = "runs"
GWP_SETS = ("SAR", "AR4", "AR5", "AR6")
STATUSES = ("provisional", "final")

COAL_SPLITS = ("bituminous",)

Kind = Literal["text", "integer", "truth", "texts", "words", "table", "tables", "parts"]
KINDS: dict[Kind, tuple[str, str]] = {
    "text": ("带引号的文字", "text in quotes"),
    "integer": ("整数", "a whole number"),
    "truth": ("true 或 false", "true or false"),
    "texts": ('文字列表，如 ["a", "b"]', 'a list of texts such as ["a", "b"]'),
    "words": ("文字或文字列表", "a text or a list of texts"),
    "table": ("一个小节", "a table"),
    "tables": ("[[inputs]] 小节，或 [inputs] paths", "[[inputs]] tables, or [inputs] with paths"),
    "parts": ("[[parts]] 小节", "[[parts]] tables"),
}
KEYS: dict[str, dict[str, Kind]] = {
    "": {
        "view": "words", "gwp": "text", "strict": "truth", "inputs": "tables", "factors": "table", "tables": "table",
        "electricity": "text", "electricity_year": "text", "coal": "table", "parts": "parts",
    },
    "inputs": {
        "path": "text", "entity": "text", "year": "integer", "edition": "text", "status": "text", "map": "text",
        "use": "truth", "adds": "truth",
    },
    "factors": {"packs": "texts"},
    "tables": {
        "corrections": "text", "accepted": "text", "entities": "text", "parameters": "text", "splits": "text",
    },
    "coal": {"split": "text"},
    "parts": {"whole": "text", "of": "texts", "adds": "truth"},
}  # fmt: skip
SHORT_INPUTS: dict[str, Kind] = {"paths": "texts"}
LATER: dict[str, tuple[str, ...]] = {
    "": ("evaluation", "recalc"),
    "inputs": (),
    "factors": (),
    "tables": ("drivers", "plan", "measures", "published"),
    "coal": (),
    "parts": (),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One `[[inputs]]` table: a file, folder or pattern, and what its owner declares of it."""

    path: str
    folder: Path
    entity: str | None = None
    year: int | None = None
    edition: str | None = None
    status: str | None = None
    map: Path | None = None
    use: bool | None = None
    adds: bool = False

    def files(self) -> tuple[Path, ...]:
        """The files and folders that `path` names, sorted; a name that exists is never read as a pattern.

        Raises UsageError (`project.no_file`) where nothing is there.
        """
        literal = self.folder / self.path
        if literal.exists():
            return (literal,)
        pattern = str(Path(glob.escape(str(self.folder))) / self.path)
        found = sorted(map(Path, glob.glob(pattern, recursive=True)), key=Path.as_posix)
        if not found:
            where = Where(file=str(self.folder / FILE_NAME))
            raise UsageError("project.no_file", where=where, seen=self.path, folder=str(self.folder))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Whole:
    """One `[[parts]]` table: an entity whose figures are those of others; `adds` where it has more of its own."""

    whole: str
    of: tuple[str, ...]
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says; `folder` is where its paths begin and where `runs/` stands."""

    file: Path
    views: tuple[str, ...] = ()
    gwp: str | None = None
    electricity: str | None = None
    electricity_year: str | None = None
    inputs: tuple[Input, ...] = ()
    packs: tuple[str, ...] = ()
    strict: bool = False
    corrections: Path | None = None
    accepted: Path | None = None
    entities: Path | None = None
    parameters: Path | None = None
    splits: Path | None = None
    coal_split: str | None = None
    wholes: tuple[Whole, ...] = ()
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.file.parent)


def load(path: Path | str) -> Project:
    """The project of a `tanfeng.toml`, or of the folder that holds one.

    Raises UsageError: `project.missing`, `project.syntax`, `project.unknown_key`, `project.not_served`,
    `project.kind`, `project.word`, `project.path_demanded`, `project.parts_demanded`.
    """
    file = Path(path)
    file = file / FILE_NAME if file.is_dir() else file
    text = _text(file)
    page = _Page(file, text)
    whole = page.parsed()
    page.check(whole, "", KEYS[""])
    tables = page.table(whole, "tables")
    view = whole.get("view", [])
    return Project(
        file=file.absolute(),
        views=(view,) if isinstance(view, str) else tuple(view),
        gwp=page.one_of(whole.get("gwp"), "gwp", GWP_SETS),
        electricity=whole.get("electricity"),
        electricity_year=whole.get("electricity_year"),
        inputs=tuple(_inputs(page, whole.get("inputs", []))),
        packs=tuple(_pack(file, name) for name in page.table(whole, "factors").get("packs", ())),
        strict=whole.get("strict", False),
        corrections=_beside(file, tables.get("corrections")),
        accepted=_beside(file, tables.get("accepted")),
        entities=_beside(file, tables.get("entities")),
        parameters=_beside(file, tables.get("parameters")),
        splits=_beside(file, tables.get("splits")),
        coal_split=page.one_of(page.table(whole, "coal").get("split"), "split", COAL_SPLITS),
        wholes=tuple(_wholes(page, whole.get("parts", []))),
    )


def is_named_by(path: Path | str) -> bool:
    """Whether a path is a project file, or a folder that holds one."""
    path = Path(path)
    return path.name == FILE_NAME or (path / FILE_NAME).is_file()


def next_run(project: Project) -> Path:
    """The folder of the project's next run: `runs/NNNN`, one above the highest there is.

    >>> next_run(Project(file=Path("/nowhere/tanfeng.toml"))).as_posix()
    '/nowhere/runs/0001'
    """
    latest = latest_run(project)
    return project.folder / RUNS / f"{int(latest.name) + 1 if latest else 1:04d}"


def latest_run(project: Project) -> Path | None:
    """The project's run with the highest number; none where nothing has been run."""
    runs = project.folder / RUNS
    taken = [entry for entry in runs.iterdir() if _is_run(entry.name)] if runs.is_dir() else []
    return max(taken, key=lambda entry: int(entry.name), default=None)


def _is_run(name: str) -> bool:
    return re.fullmatch(r"[0-9]{4,}", name) is not None


def _beside(file: Path, path: str | None) -> Path | None:
    return None if path is None else file.absolute().parent / path


def _pack(file: Path, name: str) -> str:
    """A pack's id as it is; a folder is looked for beside the project file."""
    return str(_beside(file, name)) if "/" in name or "\\" in name else name


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError("project.missing", where=Where(file=str(file)), path=str(file)) from error
    except UnicodeDecodeError as error:
        raise UsageError("project.encoding", where=Where(file=str(file))) from error


def _inputs(page: _Page, written: object) -> Iterable[Input]:
    """The inputs of the long form (`[[inputs]]`) or the short one (`[inputs] paths`)."""
    folder = page.file.absolute().parent
    if isinstance(written, dict):
        page.check(written, "inputs", SHORT_INPUTS)
        for path in written.get("paths", ()):
            yield Input(path=path, folder=folder)
        return
    for table in written if isinstance(written, list) else ():
        page.check(table, "inputs", KEYS["inputs"])
        if "path" not in table:
            raise UsageError("project.path_demanded", where=page.at("[[inputs]]"))
        page.one_of(table.get("status"), "status", STATUSES)
        own = {name: value for name, value in table.items() if name != "map"}
        yield Input(folder=folder, map=_beside(page.file, table.get("map")), **own)


def _wholes(page: _Page, written: Iterable[dict[str, Any]]) -> Iterable[Whole]:
    for table in written:
        page.check(table, "parts", KEYS["parts"])
        if not table.get("whole") or not table.get("of"):
            raise UsageError("project.parts_demanded", where=page.at("[[parts]]"))
        yield Whole(table["whole"], tuple(table["of"]), table.get("adds", False))


@dataclass(frozen=True, slots=True)
class _Page:
    """The file as its writer sees it: a problem has the line on which its key stands."""

    file: Path
    text: str

    def parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            where = Where(file=str(self.file), cell=line and line.group(0))
            raise UsageError("project.syntax", where=where, seen=str(error)) from error

    def table(self, whole: Mapping[str, Any], name: str) -> dict[str, Any]:
        table: dict[str, Any] = whole.get(name, {})
        self.check(table, name, KEYS[name])
        return table

    def check(self, table: object, name: str, known: Mapping[str, Kind]) -> None:
        """Every key is known and holds what it should."""
        if not isinstance(table, dict):
            raise self._kind(name, table, "table")
        for key, value in table.items():
            if key not in known:
                raise self._unknown(key, name, known)
            if not _is_kind(value, known[key]):
                raise self._kind(key, value, known[key])

    def one_of(self, value: str | None, key: str, words: tuple[str, ...]) -> str | None:
        if value is None or value in words:
            return value
        close = did_you_mean(value, words)
        raise UsageError("project.word", where=self.at(key), seen=value, key=key, words=", ".join(words), close=close)

    def at(self, key: str) -> Where:
        """The first line on which a key (or a `[table]` header) is written."""
        bare = re.escape(key.strip("[]"))
        begins = re.compile(rf'\s*(\[+\s*)?["\']?{bare}["\']?\s*(=|\]|\.)')
        lines = (n for n, line in enumerate(self.text.splitlines(), 1) if begins.match(line))
        found = next(lines, None)
        return Where(file=str(self.file), cell=None if found is None else f"line {found}")

    def _unknown(self, key: str, table: str, known: Mapping[str, Kind]) -> UsageError:
        if key in LATER[table]:
            return UsageError("project.not_served", where=self.at(key), seen=key, key=key)
        close = did_you_mean(key, known) or ", ".join(known)
        return UsageError("project.unknown_key", where=self.at(key), seen=key, key=key, close=close)

    def _kind(self, key: str, value: object, kind: Kind) -> UsageError:
        zh, en = KINDS[kind]
        return UsageError("project.kind", where=self.at(key), seen=repr(value), key=key, kind_zh=zh, kind_en=en)


def _is_kind(value: object, kind: Kind) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    if kind == "words":
        return isinstance(value, str) or _is_kind(value, "texts")
    if kind == "parts":
        return isinstance(value, list)
    plain: dict[str, type | tuple[type, ...]] = {
        "text": str,
        "truth": bool,
        "table": dict,
        "tables": (list, dict),
    }
    return isinstance(value, plain[kind])
