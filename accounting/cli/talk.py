"""What the command says: the result to stdout (text or one JSON document), talk to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounting.errors import Lang, TanfengError, lines
from accounting.exact import plain

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Talk:
    """The language and form of an answer."""

    lang: Lang
    as_json: bool = False

    def say(self, zh: str, en: str) -> str:
        """One of two texts."""
        return zh if self.lang == "zh" else en

    def result(self, text: str, document: Mapping[str, Any]) -> None:
        """The result: text, or with --json one document with its schema version."""
        if self.as_json:
            text = json.dumps({"schema_version": SCHEMA_VERSION, **document}, ensure_ascii=False, default=_plain_json)
        sys.stdout.write(text.rstrip("\n") + "\n")

    def note(self, zh: str, en: str) -> None:
        """A word to the person, on stderr."""
        sys.stderr.write(self.say(zh, en) + "\n")

    def told(self, error: TanfengError) -> None:
        """What a problem says, on stderr."""
        sys.stderr.write("\n".join(lines(error, self.lang)) + "\n")

    def problem(self, error: TanfengError) -> None:
        """An error: five lines on stderr, and with --json a document on stdout."""
        self.told(error)
        if self.as_json:
            row = error.as_rejection()
            self.result("", {"error": row, "exit_code": error.exit_code})

    def progress(self) -> Callable[[str, int, int], None] | None:
        """A counter on stderr for long work; nothing where stderr is no terminal."""
        if not sys.stderr.isatty():
            return None

        def shown(what: str, done: int, total: int) -> None:
            end = "\n" if done >= total else ""
            sys.stderr.write(f"\r{what} {done}/{total}{end}")
            sys.stderr.flush()

        return shown


def _plain_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)
