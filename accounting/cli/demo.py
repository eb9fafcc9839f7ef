"""What `tanfeng demo` does: the main job on bundled real data, told in one screen, with files to spoil and run again."""

from __future__ import annotations

import filecmp
import tempfile
from decimal import Decimal
from pathlib import Path

import polars as pl

from accounting import demo, export, runs
from accounting.cli.printed import coverage_lines, entity_label, padded, ten_thousand_tonnes
from accounting.cli.talk import Talk
from accounting.errors import lines as error_lines
from accounting.explain import formula_line
from accounting.quality.published import read_published
from accounting.runs import Run
from accounting.store.commit import next_free

SECTORS = {
    "farming": ("农林牧渔", "farming"), "construction": ("建筑业", "construction"), "transport": ("交通运输", "transport"),
    "wholesale_retail": ("批零住餐", "trade, hotels"), "other_services": ("其他", "other"),
    "urban_residential": ("城镇生活", "urban homes"), "rural_residential": ("乡村生活", "rural homes"),
}  # fmt: skip
EXAMPLE = "北京/2007/交通运输、仓储和邮政业/柴油/CO2"


def shown_demo(talk: Talk, out: Path) -> int:
    """Lay the workbooks out, run, compare with what was published, write report and CSV, print it all."""
    folder = _own_folder(out)
    books = folder / "workbooks"
    books.mkdir(parents=True, exist_ok=True)
    demo.lay_out(books)
    run = runs.run(books, progress=talk.progress()).save(folder / "run")
    report = _report(run, folder, talk)
    csv = folder / "csv"
    if not csv.exists():
        export.export_run(run, csv, lang=talk.lang)
    example = run.explain(EXAMPLE).cells[0]
    line = formula_line(example)
    text = [
        *_read_lines(run, talk),
        *coverage_lines(run, talk),
        "",
        *_table(run, talk),
        _other_gases(run, talk),
        "",
        *error_lines(run.rejections.row(0, named=True), talk.lang),
        "",
        f"{EXAMPLE}  {line}",
        "",
        talk.say(f"报告 {report}   表格 {csv}", f"report {report}   tables {csv}"),
        talk.say(
            "接着试试（改动 workbooks 里的一格，再跑第三行）：", "next (change a cell in workbooks, then run the third line):"
        ),
        f"  tanfeng explain {run.path} 山东/2007/total/CO2",
        f"  tanfeng verify-text '{line}'",
        f"  tanfeng run {books} --out {next_free(folder / 'run')}",
    ]
    talk.result("\n".join(text), {"run": str(run.path), "digest": run.digest, "report": report, "csv": str(csv), "line": line})
    return 0


def _own_folder(out: Path) -> Path:
    """The folder asked for, or the next free name where somebody has changed what an earlier demo left."""
    if not out.exists() or not any(out.iterdir()):
        return out
    with tempfile.TemporaryDirectory() as fresh:
        untouched = all(
            (out / "workbooks" / book.name).is_file() and filecmp.cmp(book, out / "workbooks" / book.name, shallow=False)
            for book in demo.lay_out(Path(fresh))
        )
    return out if untouched else next_free(out)


def _report(run: Run, folder: Path, talk: Talk) -> str:
    """The report, where its extra is installed; else how to have it."""
    try:
        from accounting.report import write_report

        return str(write_report(run, folder / "report.html", talk.lang))
    except ImportError:
        return talk.say("（未装 report 扩展：pip install 'tanfeng[report]'）", "(needs: pip install 'tanfeng[report]')")


def _read_lines(run: Run, talk: Talk) -> list[str]:
    read = run.manifest["stages"][0]
    defaults = run.findings.filter(pl.col("kind") == "default").height
    ids = ", ".join(pack["id"] for pack in run.manifest["packs"])
    pack = run.manifest["packs"][0]
    return [
        talk.say(
            "三省 2007 年能源平衡表（《中国能源统计年鉴2008》）→ 能源活动 CO₂、CH₄、N₂O",
            "Energy balances of three provinces, 2007 (China Energy Statistical Yearbook 2008) → energy CO2, CH4, N2O",
        ),
        talk.say(
            f"读 {read['read']} 格：采用 {read['accepted']}，小计核对 {read['subtotals']}，未采用 {read['rejected']}；"
            f"采用缺省 {defaults} 项；因子 {ids}，其中 CO₂ 只取 {pack['id']}（{pack['label_zh']}）",
            f"{read['read']} cells: {read['accepted']} taken, {read['subtotals']} subtotals checked, {read['rejected']} refused; "
            f"{defaults} defaults; factors {ids}, CO2 from {pack['id']} alone ({pack['label_en']})",
        ),
    ]


def _table(run: Run, talk: Talk) -> list[str]:
    """Province × sector in 万吨CO₂ beside the published figure and the difference."""
    published = read_published(demo.published())
    entities = run.inventory["entity"].unique().sort().to_list()
    head = "".join(f"{entity_label(entity, talk.lang):^24}" for entity in entities)
    columns = talk.say("   本批次    公布    差", "     ours published diff")
    lines = [padded(talk.say("万吨CO₂", "10^4 t CO2"), 14) + head, " " * 14 + columns * len(entities)]
    for category, names in SECTORS.items():
        cells = "".join(_three(run, published, entity, category) for entity in entities)
        lines.append(padded(names[0 if talk.lang == "zh" else 1], 14) + cells)
    return lines


def _other_gases(run: Run, talk: Talk) -> str:
    """What is not CO2, in CO2e, with how many cells of it have no factor."""
    others = run.inventory.filter(pl.col("gas") != "CO2")
    sums = [
        f"{entity_label(entity, talk.lang)} {ten_thousand_tonnes(Decimal(others.filter(entity=entity)['co2e_t'].sum()))}"
        for entity in others["entity"].unique().sort()
    ]
    gwp, missing = run.manifest["settings"]["gwp"], others["mass_t"].null_count()
    return talk.say(
        f"CH₄、N₂O（{gwp}，万吨CO₂当量）：{'，'.join(sums)}；不完整 (缺 {missing} 项)",
        f"CH4, N2O ({gwp}, 10^4 t CO2e): {', '.join(sums)}; incomplete ({missing} missing)",
    )


def _three(run: Run, published: pl.DataFrame, entity: str, category: str) -> str:
    ours = run.inventory.filter(entity=entity, category=category, gas="CO2")["mass_t"].sum()
    theirs = published.filter(entity=entity, category=category)["published_t"].sum()
    numbers = (Decimal(ours), Decimal(theirs), Decimal(ours) - Decimal(theirs))
    shown = [ten_thousand_tonnes(number) for number in numbers]
    return f"{shown[0]:>9}{shown[1]:>9}{shown[2]:>6}"
