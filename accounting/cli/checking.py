"""tanfeng findings, accept, verify, verify-text: what waits, who accepted it, and whether it still holds."""

from pathlib import Path
from typing import Annotated

import typer

from accounting.cli.talk import Talk


def add_commands(app: typer.Typer, talk: Talk) -> None:
    """Put findings, accept, verify and verify-text into the command."""
    say = talk.say
    run_help = say("核算批次的文件夹", "the folder of a run")

    @app.command(
        help=say(
            "列出采用的缺省、替代与可疑之处。例：tanfeng findings 结果 --open",
            "What was defaulted, replaced or doubtful, by tonnes at stake. Example: tanfeng findings result --open",
        )
    )
    def findings(
        run: Annotated[Path, typer.Argument(metavar="RUN", help=run_help)],
        kind: Annotated[str | None, typer.Option(help=say("只列一类", "one kind only"))] = None,
        only_open: Annotated[bool, typer.Option("--open", help=say("只列待确认的", "only those that wait"))] = False,
    ) -> int:
        from accounting.cli.answers import list_findings

        return list_findings(talk, run, kind=kind, only_open=only_open)

    @app.command(
        help=say(
            "确认问题提示，记入 accepted.toml；数值不变。例：tanfeng accept 1a2b3c --by 李四 --reason 已核对原表",
            "Accept findings into accepted.toml; no number changes. Example: tanfeng accept 1a2b3c --by Li --reason 'checked'",
        )
    )
    def accept(
        ids: Annotated[list[str], typer.Argument(metavar="ID…", help=say("问题提示编号", "ids of findings"))],
        by: Annotated[str, typer.Option(help=say("谁", "who"))],
        reason: Annotated[str, typer.Option(help=say("理由", "why"))],
        run: Annotated[Path | None, typer.Option("--run", help=run_help)] = None,
        project: Annotated[Path | None, typer.Option(help=say("项目文件", "project file"))] = None,
    ) -> int:
        from accounting.cli.answers import accept_findings

        return accept_findings(talk, ids, by=by, reason=reason, run=run, project=project)

    @app.command(
        help=say(
            "重新核验一个批次：封存、由键和重算、由来源重读。例：tanfeng verify 结果 --inputs 年鉴",
            "Recompute a run and compare, in three levels. Example: tanfeng verify result --inputs yearbook",
        )
    )
    def verify(
        run: Annotated[Path, typer.Argument(metavar="RUN", help=run_help)],
        digest: Annotated[str | None, typer.Option(help=say("报告上印的摘要", "the digest that a report prints"))] = None,
        inputs: Annotated[Path | None, typer.Option(help=say("原始文件所在文件夹", "the folder of the sources"))] = None,
    ) -> int:
        from accounting.cli.answers import verify_run

        return verify_run(talk, run, digest=digest, inputs=inputs)

    @app.command(
        name="verify-text",
        context_settings={"ignore_unknown_options": True},
        help=say(
            "复算 explain 印出的一行。例：tanfeng verify-text '10 t × 3.093819 t/t = 30.93819 t'",
            "Compute one line of explain again. Example: tanfeng verify-text '10 t × 3.093819 t/t = 30.93819 t'",
        ),
    )
    def verify_text(
        text: Annotated[list[str], typer.Argument(metavar="TEXT", help=say("一行算式", "one line of arithmetic"))],
    ) -> int:
        from accounting.cli.answers import verify_line

        return verify_line(talk, " ".join(text))
