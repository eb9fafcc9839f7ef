"""tanfeng demo, run, check: from files to a result."""

from pathlib import Path
from typing import Annotated

import typer

from accounting.cli.talk import Talk


def add_commands(app: typer.Typer, talk: Talk) -> None:
    """Put run, check and demo into the command."""
    say = talk.say
    paths_help = say("文件或文件夹", "files or folders")

    @app.command(
        help=say(
            "把文件或文件夹核算成一个批次。例：tanfeng run 年鉴 --out 结果；tanfeng run（读取 tanfeng.toml）",
            "Files or folders in, a run out. Examples: tanfeng run yearbook --out result; tanfeng run (with tanfeng.toml)",
        )
    )
    def run(
        paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH…]", help=paths_help)] = None,
        out: Annotated[Path | None, typer.Option(help=say("结果文件夹", "the folder of the run"))] = None,
        project: Annotated[
            Path | None, typer.Option(help=say("项目文件，默认当前目录的 tanfeng.toml", "project file, else tanfeng.toml here"))
        ] = None,
        factors: Annotated[
            str | None, typer.Option(help=say("因子包，逗号分隔，先者优先", "packs by comma, first wins"))
        ] = None,
        view: Annotated[list[str] | None, typer.Option(help=say("视图，可重复", "view, may be repeated"))] = None,
        gwp: Annotated[str | None, typer.Option(help="SAR | AR4 | AR5 | AR6")] = None,
        entity: Annotated[
            str | None, typer.Option(help=say("声明地区代码（不筛选）", "declare the entity (never a filter)"))
        ] = None,
        year: Annotated[int | None, typer.Option(help=say("声明年份（不筛选）", "declare the year (never a filter)"))] = None,
        mapping: Annotated[
            Path | None, typer.Option("--map", help=say("其他版式的映射文件", "mapping file for other layouts"))
        ] = None,
        encoding: Annotated[str | None, typer.Option(help=say("CSV 编码", "encoding of CSV files"))] = None,
        memory: Annotated[str | None, typer.Option(help=say("内存上限，如 2GiB", "memory limit, for instance 2GiB"))] = None,
        electricity: Annotated[
            str | None,
            typer.Option(
                help=say("市场法电力口径", "market policy of electricity")
                + ": market_residual | market_average | zero_carbon_park"
            ),
        ] = None,
        electricity_year: Annotated[
            str | None,
            typer.Option(
                help=say("没有公布电力因子的年份如何取值", "what a year without a published electricity factor takes")
                + ": strict | nearest | fixed:YEAR"
            ),
        ] = None,
        copy_inputs: Annotated[
            bool, typer.Option("--copy-inputs", help=say("把输入文件存入批次", "keep copies of the inputs"))
        ] = False,
        strict: Annotated[
            bool,
            typer.Option("--strict", help=say("有未采用或待确认即不写出", "write nothing if anything is refused or waits")),
        ] = False,
    ) -> int:
        from accounting.cli.work import run_and_save

        return run_and_save(
            talk, paths or [], out=out, project=project, factors=factors, view=view or [], gwp=gwp, entity=entity,
            year=year, mapping=mapping, encoding=encoding, memory=memory, copy_inputs=copy_inputs, strict=strict,
            electricity=electricity, electricity_year=electricity_year,
        )  # fmt: skip

    @app.command(
        help=say(
            "只读入并逐单元列出问题，不计算。例：tanfeng check 年鉴/6-11.xls",
            "Intake only: every problem by cell. Example: tanfeng check yearbook/6-11.xls",
        )
    )
    def check(
        paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help=paths_help)],
        project: Annotated[Path | None, typer.Option(help=say("项目文件", "project file"))] = None,
        entity: Annotated[str | None, typer.Option(help=say("声明地区代码", "declare the entity"))] = None,
        year: Annotated[int | None, typer.Option(help=say("声明年份", "declare the year"))] = None,
        mapping: Annotated[Path | None, typer.Option("--map", help=say("映射文件", "mapping file"))] = None,
        encoding: Annotated[str | None, typer.Option(help=say("CSV 编码", "encoding of CSV files"))] = None,
        memory: Annotated[str | None, typer.Option(help=say("内存上限", "memory limit"))] = None,
        strict: Annotated[
            bool, typer.Option("--strict", help=say("有问题即退出码 3", "exit 3 if anything is refused"))
        ] = False,
    ) -> int:
        from accounting.cli.work import check_inputs

        return check_inputs(
            talk, paths, project=project, entity=entity, year=year, mapping=mapping, encoding=encoding, memory=memory,
            strict=strict,
        )  # fmt: skip

    @app.command(
        help=say(
            "用自带的真实数据走完全程，不需网络。例：tanfeng demo；tanfeng demo --out 试算",
            "The main job on the bundled real data, no network. Examples: tanfeng demo; tanfeng demo --out trial",
        )
    )
    def demo(
        out: Annotated[Path, typer.Option(help=say("结果文件夹", "folder for everything it makes"))] = Path("tanfeng-demo"),
    ) -> int:
        from accounting.cli.demo import shown_demo

        return shown_demo(talk, out)
