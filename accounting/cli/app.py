"""The commands of `tanfeng`, put together in one language; --json and --lang go with every one of them."""

import contextlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer

from accounting import system
from accounting.cli import asking, checking, packs, running
from accounting.cli.talk import Talk
from accounting.errors import InvariantBroken, Lang, TanfengError, UsageError

_MISUSED: type[typer.BadParameter] = typer.BadParameter.__base__  # type: ignore[assignment]  # what typer raises for a wrong line
_GROUPS = ("factors",)


def invoked(arguments: Sequence[str], lang: Lang) -> int:
    """Run one command line; gives its exit code."""
    talk = Talk(lang, as_json="--json" in arguments)
    command = typer.main.get_command(application(talk))
    try:
        code = command.main(_own(arguments), prog_name="tanfeng", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except _MISUSED as error:
        if not _own(arguments) or arguments[-1] in _GROUPS:
            sys.stderr.write(error.format_message() + "\n")
            return 2
        usage = UsageError("command.usage", seen=error.format_message())
        talk.problem(usage)
        return usage.exit_code
    except typer.Abort:
        return 130
    except TanfengError as error:
        talk.problem(error)
        return error.exit_code
    except MemoryError:
        talk.note("内存不足，未写出结果", "out of memory; nothing was written")
        return 7
    except BrokenPipeError:
        return 0  # the reader of our output has left
    except OSError as error:
        fault = system.file_fault(error, Path(str(error.filename or "")))
        talk.problem(fault)
        return fault.exit_code
    except Exception as error:
        fault = InvariantBroken("program.fault", seen=f"{type(error).__name__}: {error}")
        talk.problem(fault)
        traceback.print_exc()
        return fault.exit_code
    return 0


def _leave(code: int | None) -> None:
    """What a command returns is its exit code."""
    raise typer.Exit(code or 0)


def application(talk: Talk) -> typer.Typer:
    """The whole command in one language."""
    app = typer.Typer(
        name="tanfeng",
        help=talk.say(
            "碳峰：从统计部门的工作簿到加总到最后一位的排放清单。每个命令都可加 --json 与 --lang zh|en。",
            "From a statistics bureau's workbooks to an inventory that adds up to the last digit. "
            "--json and --lang zh|en go with every command.",
        ),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        result_callback=_leave,
    )
    for group in (running, checking, asking, packs):
        group.add_commands(app, talk)
    return app


def _own(arguments: Sequence[str]) -> list[str]:
    """The arguments without --json and --lang, which belong to every command."""
    own = [argument for argument in arguments if argument != "--json" and not argument.startswith("--lang=")]
    with contextlib.suppress(ValueError):
        at = own.index("--lang")
        del own[at : at + 2]
    return own
