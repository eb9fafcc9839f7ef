"""One family of errors; every code has its Chinese and English text in messages.toml.

TanfengError                 .code .where .seen .remedy .exit_code
├─ UsageError          2     a command, option or project file that cannot be meant
├─ DataRefused         3     one value, cell, row or file that cannot be used: becomes a rejection
├─ Refused             3     nothing usable, or --strict: carries all rejections
│  └─ ProjectRefused   2     a project file and tables that cannot be meant; a UsageError as well
├─ InvariantBroken     4     a promise of tanfeng itself does not hold: nothing is committed
├─ VerificationFailed  5     numbers or hashes differ
├─ EnvironmentFault    6     disk, permission, lock
└─ BudgetExceeded      7     memory, time, size

A problem is a code, an address, the value seen and the facts that fill the text; data itself is not carried.
"""

from __future__ import annotations

import difflib
import hashlib
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    import polars as pl

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
SHORT = 3  # characters
LABELS: dict[str, dict[str, str]] = {
    "zh": {"where": "位置", "seen": "看到", "why": "原因", "do": "处理", "effect": "影响"},
    "en": {"where": "where", "seen": "seen", "why": "why", "do": "do", "effect": "effect"},
}


@dataclass(frozen=True, slots=True)
class Where:
    """An address: file, sheet and cell as people see them (`qingdao_2022.xlsx › 工业 › F17`)."""

    file: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        return " › ".join(part for part in (self.file, self.sheet, self.cell) if part)


@cache
def messages() -> dict[str, dict[str, str]]:
    """Every code with its texts: zh, en (what), why_zh, why_en, do_zh, do_en."""
    text = files("accounting").joinpath("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def title(code: str, lang: Lang) -> str:
    """What the code says, in one line.

    >>> title("run.not_a_run", "en")
    'this folder holds no run'
    """
    return messages()[code][lang]


def filled(code: str, part: str, lang: Lang, facts: Mapping[str, Any]) -> str:
    """The `why` or `do` text of a code with its facts filled in; a fact without language suffix serves both."""
    template = messages()[code].get(f"{part}_{lang}", "")
    return _Filler().vformat(template, (), dict(facts))


class _Filler(string.Formatter):
    """A template whose fact is missing shows the fact's name: a text is never lost to its own gap."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "{" + str(key) + "}")


class TanfengError(Exception):
    """Base of all errors: `.code`, `.where`, `.seen`, `.facts`, `.remedy`, `.exit_code`."""

    exit_code: ClassVar[int] = 4

    def __init__(self, code: str, *, where: Where | None = None, seen: object | None = None, **facts: Any) -> None:
        self.code = code
        self.where = where or Where()
        self.seen = None if seen is None else str(seen)
        self.facts: dict[str, Any] = {"seen": self.seen or "", **facts}
        super().__init__(code, self.where, self.seen)

    @property
    def remedy(self) -> str:
        return filled(self.code, "do", "en", self.facts)

    def as_rejection(self, where: Where | None = None) -> dict[str, Any]:
        """The same problem as a row of Rejections, at `where` if the error itself has no address."""
        return rejection(self.code, where or self.where, self.seen, **self.facts_but_seen())

    def facts_but_seen(self) -> dict[str, Any]:
        return {name: value for name, value in self.facts.items() if name != "seen"}

    def __str__(self) -> str:
        return "\n".join(lines(self, "en"))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.code, self.where, self.seen, self.facts_but_seen()))


def _rebuilt(kind: type[TanfengError], code: str, where: Where, seen: str | None, facts: dict[str, Any]) -> TanfengError:
    return kind(code, where=where, seen=seen, **facts)


class UsageError(TanfengError):
    """A command, option or project file that cannot be meant (exit 2)."""

    exit_code = 2


class DataRefused(TanfengError):
    """One value, cell, row or file that cannot be used; a stage turns it into a rejection (exit 3)."""

    exit_code = 3


class Refused(TanfengError):
    """Nothing usable, or strict and something was refused (exit 3); `.rejections` holds every one."""

    exit_code = 3

    def __init__(self, code: str, *, rejections: pl.DataFrame | None = None, **rest: Any) -> None:
        super().__init__(code, **rest)
        self.rejections = rejections


class ProjectRefused(UsageError, Refused):
    """A project file and its tables that cannot be meant (exit 2); `.rejections` holds every problem of them."""


class InvariantBroken(TanfengError):
    """A promise of the engine does not hold: a bug in tanfeng, nothing is committed (exit 4)."""

    exit_code = 4


class VerificationFailed(TanfengError):
    """Recomputed numbers or hashes differ from the stored ones (exit 5)."""

    exit_code = 5


class EnvironmentFault(TanfengError):
    """The disk, a permission or a lock stands in the way (exit 6)."""

    exit_code = 6


class BudgetExceeded(TanfengError):
    """More memory, time or size than was allowed (exit 7)."""

    exit_code = 7


def rejection(code: str, where: Where, seen: object | None, *, severity: str = "error", **facts: Any) -> dict[str, Any]:
    """One row of Rejections: the refused cell or row, why, and what to do, in both languages."""
    seen_text = None if seen is None else str(seen)
    return {
        "code": code,
        "severity": severity,
        "file": where.file,
        "sheet": where.sheet or None,
        "cell": where.cell,
        "seen": seen_text,
        **_texts(code, {"seen": seen_text or "", **facts}),
    }


def finding(
    code: str,
    kind: str,
    severity: str,
    *,
    where: Where | None = None,
    entity: str | None = None,
    year: int | None = None,
    category: str | None = None,
    item: str | None = None,
    seen: object | None = None,
    used: object | None = None,
    stake_t: float | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """One row of Findings; its id is a hash of code, address or key (with the gas, where it is about one), and value seen."""
    where = where or Where()
    seen_text = None if seen is None else str(seen)
    used_text = None if used is None else str(used)
    key = (entity, year, category, item, *([facts["gas"]] if "gas" in facts else []))
    identity = "\x1f".join(str(part or "") for part in (code, where.file, where.sheet, where.cell, *key, seen_text))
    own = {"entity": entity, "year": year, "category": category, "item": item, "used": used_text or ""}
    return {
        "id": hashlib.sha256(identity.encode()).hexdigest()[:12],
        "code": code,
        "kind": kind,
        "severity": severity,
        "entity": entity,
        "year": year,
        "category": category,
        "item": item,
        "file": where.file,
        "sheet": where.sheet or None,
        "cell": where.cell,
        "seen": seen_text,
        "used": used_text,
        "stake_t": stake_t,
        **_texts(code, {"seen": seen_text or "", **own, **facts}),
        "accepted_by": None,
        "accepted_on": None,
        "reason": None,
    }


def _texts(code: str, facts: Mapping[str, Any]) -> dict[str, str]:
    facts = {**facts, "close": facts.get("close") or "–"}
    return {
        "message_zh": _sentence(code, "zh", facts),
        "message_en": _sentence(code, "en", facts),
        "remedy_zh": filled(code, "do", "zh", facts),
        "remedy_en": filled(code, "do", "en", facts),
    }


def _sentence(code: str, lang: Lang, facts: Mapping[str, Any]) -> str:
    what, why = title(code, lang), filled(code, "why", lang, facts)
    return f"{what}: {why}" if lang == "en" else f"{what}：{why}"


def did_you_mean(seen: str, known: Iterable[str]) -> str:
    """The known words nearest to what was written, at most three, for a remedy; empty where none is near.

    Words of two or three characters count as near with half of them right: 原媒 and 原煤.

    >>> did_you_mean("enrgy-balance", ["energy-balance", "gpc"])
    'energy-balance'
    """
    return ", ".join(difflib.get_close_matches(seen, list(known), n=3, cutoff=0.5 if len(seen) <= SHORT else 0.6))


def lines(problem: TanfengError | Mapping[str, Any], lang: Lang, *, effect: str | None = None) -> list[str]:
    """A problem for a person: code and what, where, seen, why, what to do, what it changed."""
    row = _row_of(problem)
    label = LABELS[lang]
    separator = ": " if lang == "en" else "："
    what, _, why = str(row[f"message_{lang}"]).partition(separator)
    body = [
        ("where", str(Where(row["file"], row["sheet"], row["cell"]))),
        ("seen", row["seen"] or ""),
        ("why", why),
        ("do", row[f"remedy_{lang}"] or ""),
        ("effect", effect or ""),
    ]
    return [f"{row['code']}  {what}"] + [f"  {label[name]}  {text}" for name, text in body if text]


def _row_of(problem: TanfengError | Mapping[str, Any]) -> Mapping[str, Any]:
    return problem.as_rejection() if isinstance(problem, TanfengError) else problem
