"""tanfeng explain, reconcile, export, report: a result for people and other programs."""

from pathlib import Path
from typing import Annotated

import typer

from accounting.cli.talk import Talk
from accounting.errors import UsageError


def add_commands(app: typer.Typer, talk: Talk) -> None:
    """Put explain, reconcile, export and report into the command."""
    say = talk.say
    run_help = say("核算批次的文件夹", "the folder of a run")

    @app.command(
        help=say(
            "一个数从何而来。例：tanfeng explain 结果 浙江/2007/农业/柴油/CO2；tanfeng explain 结果 浙江/2007/provincial/total/CO2",
            "Where a number comes from. Examples: tanfeng explain result 浙江/2007/农业/柴油; "
            "tanfeng explain result 330000/2007/provincial/total/CO2",
        )
    )
    def explain(
        run: Annotated[Path, typer.Argument(metavar="RUN", help=run_help)],
        place: Annotated[
            str | None, typer.Argument(metavar="[PLACE]", help=say("名称或编码，以 / 分隔", "names or ids with / between"))
        ] = None,
        entity: Annotated[str | None, typer.Option(help=say("地区", "entity"))] = None,
        year: Annotated[int | None, typer.Option(help=say("年份", "year"))] = None,
        category: Annotated[str | None, typer.Option(help=say("部门", "category"))] = None,
        item: Annotated[str | None, typer.Option(help=say("品种", "item"))] = None,
        gas: Annotated[str | None, typer.Option(help=say("气体", "gas"))] = None,
        view: Annotated[str | None, typer.Option(help=say("视图", "view"))] = None,
        row: Annotated[str | None, typer.Option(help=say("视图的行", "line of the view"))] = None,
        account: Annotated[str | None, typer.Option(help="main | market | memo | removal")] = None,
    ) -> int:
        from accounting.cli.answers import explain_number

        return explain_number(
            talk, run, place, entity=entity, year=year, category=category, item=item, gas=gas, view=view, row=row,
            account=account,
        )  # fmt: skip

    @app.command(
        help=say(
            "与公布数对账，逐单元列差异；--reference 与参考方法对账。例：tanfeng reconcile 结果 公布数.csv --out 对账.csv；"
            "tanfeng reconcile 结果 --reference --out 参考方法.csv",
            "Ours against published figures, cell by cell, or against the reference approach. Examples: "
            "tanfeng reconcile result published.csv --out diff.csv; tanfeng reconcile result --reference --out reference.csv",
        )
    )
    def reconcile(
        run: Annotated[Path, typer.Argument(metavar="RUN", help=run_help)],
        out: Annotated[Path, typer.Option(help=say("结果文件 .csv 或 .parquet", "file to write, .csv or .parquet"))],
        published: Annotated[
            Path | None, typer.Argument(metavar="[PUBLISHED]", help=say("公布数表", "table of published figures"))
        ] = None,
        reference: Annotated[
            bool, typer.Option("--reference", help=say("与参考方法（表观消费量）对账", "against the reference approach"))
        ] = False,
        factors: Annotated[
            str | None,
            typer.Option(help=say("参考方法的因子包，默认同核算批次", "packs of the reference approach, else the run's")),
        ] = None,
    ) -> int:
        from accounting.cli.answers import reconcile_run, reconcile_supply

        if reference == (published is not None) or (factors and not reference):
            raise UsageError("reconcile.which")
        if published is not None:
            return reconcile_run(talk, run, published, out)
        return reconcile_supply(talk, run, out, factors=[name for name in (factors or "").split(",") if name])

    @app.command(
        help=say(
            "导出给人看的 CSV 或 Excel。例：tanfeng export 结果 --out 表 --format xlsx",
            "Files that people open, CSV or Excel. Example: tanfeng export result --out tables --format xlsx",
        )
    )
    def export(
        run: Annotated[Path, typer.Argument(metavar="RUN", help=run_help)],
        out: Annotated[Path, typer.Option(help=say("目标文件夹", "folder to write"))],
        form: Annotated[str, typer.Option("--format", help="csv | xlsx")] = "csv",
        table: Annotated[list[str] | None, typer.Option(help=say("表名，可重复", "table, may be repeated"))] = None,
        machine: Annotated[
            bool, typer.Option("--machine", help=say("给程序：原始列与全部位数", "for programs: plain columns, all digits"))
        ] = False,
    ) -> int:
        from accounting.cli.answers import export_tables

        return export_tables(talk, run, out, form=form, tables=table or [], machine=machine)

    @app.command(
        help=say(
            "一个可离线打开的 HTML 报告。例：tanfeng report 结果 --out 报告.html",
            "One HTML file that opens offline. Example: tanfeng report result --out report.html",
        )
    )
    def report(
        run: Annotated[Path, typer.Argument(metavar="RUN", help=run_help)],
        out: Annotated[Path | None, typer.Option(help=say("HTML 文件，默认 RUN 旁", "HTML file, else beside the run"))] = None,
    ) -> int:
        from accounting.cli.answers import write_report

        return write_report(talk, run, out)
