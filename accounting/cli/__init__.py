"""Floor 5: the command `tanfeng`. Light until a command needs the engine: `tanfeng --version` imports no polars."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from accounting.errors import Lang


def command() -> None:
    """The console script: `main` for a process that ends with it."""
    from accounting import system

    gc.disable()  # what a command leaves behind ends with it
    system.take_large_pages()
    end_ahead = _begun_ahead(sys.argv[1:])
    try:
        main()
    except SystemExit as end:
        end_ahead()
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
        system.end_this_process(end.code if isinstance(end.code, int) else int(end.code is not None))
    except KeyboardInterrupt:
        end_ahead()
        sys.stderr.write("已中断 / interrupted\n")
        system.end_this_process(130)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with the exit code of the contract (0 to 7)."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    from accounting import system

    system.make_output_safe()
    if arguments == ["--version"]:
        from accounting.version import __version__

        print(f"tanfeng {__version__}")  # noqa: T201
        raise SystemExit(0)
    from accounting.cli.app import invoked

    raise SystemExit(invoked(arguments, language(arguments, os.environ)))


def _begun_ahead(arguments: Sequence[str]) -> Callable[[], None]:
    """Where a command will read a large table: its child and its hash are begun while the engine is loaded.

    Gives what ends them, should nobody have asked for them.
    """
    tables = [own for before, own in pairwise(arguments) if own.endswith(".parquet") and not before.startswith("--")]
    limited = any(argument.startswith("--memory") for argument in arguments)
    if arguments[:1] != ["run"] or not tables or limited:
        return lambda: None
    from accounting import hashing
    from accounting.ingest import sandbox

    with contextlib.suppress(OSError):  # whoever reads the table says what stands in the way
        sandbox.begin(Path(tables[0]))
        hashing.begin(Path(tables[0]))
    return sandbox.dismiss


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """The language of talk and help: --lang, else LANG.

    >>> language(["run", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}), language([], {"LANG": "zh_CN.UTF-8"})
    ('en', 'zh')
    """
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang"):
            following = arguments[position + 1] if position + 1 < len(arguments) else ""
            return "en" if (argument.partition("=")[2] or following).lower().startswith("en") else "zh"
    spoken = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"
