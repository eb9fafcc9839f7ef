"""What the commands on packs and schemas answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from accounting import codes, project, units
from accounting.cli.talk import Talk
from accounting.errors import UsageError, did_you_mean
from accounting.errors import lines as error_lines
from accounting.exact import plain
from accounting.factors import check, pack
from accounting.factors.values import PARAMETERS, inverse
from accounting.ingest.project_tables.reading import HEADINGS, NOTE
from accounting.methods import methods
from accounting.tables import DEMANDED, ORDER, PROJECT_TABLES, SCHEMA_VERSION, TABLES


def packs_listed(talk: Talk) -> int:
    """Every shipped pack: id, kind, title, label, how many values."""
    rows = [_pack_row(pack.load(name)) for name in pack.shipped_packs()]
    lines = [
        f"{row['id']:<14} {row['kind']:<9} {row['values']:>5}  {row[f'title_{talk.lang}']}  {row[f'label_{talk.lang}']}".rstrip()
        for row in rows
    ]
    talk.result("\n".join(lines), {"packs": rows})
    return 0


def _pack_row(loaded: pack.Pack) -> dict[str, Any]:
    return {
        "id": loaded.id,
        "kind": loaded.kind,
        "title_zh": loaded.title_zh,
        "title_en": loaded.title_en,
        "label_zh": loaded.label_zh,
        "label_en": loaded.label_en,
        "values": loaded.parameters.height,
        "content_hash": loaded.content_hash,
    }


def pack_shown(talk: Talk, name: str, item: str | None) -> int:
    """The values of a pack in both directions with validity and citation; of one item with the editions of all packs."""
    loaded = pack.load(name)
    table = loaded.parameters
    if item is not None:
        table = table.filter(pl.col("item").is_in(_items_meant(item)))
    rows = [_with_inverse(row) for row in table.to_dicts()]
    source = {field: getattr(loaded, field) for field in ("producer", "issued", "accessed", "licence")}
    lines = [
        f"{loaded.id}  {loaded.title_zh if talk.lang == 'zh' else loaded.title_en}",
        *filter(None, [loaded.label_zh if talk.lang == "zh" else loaded.label_en]),
        _source_line(talk, source),
        *(_value_line(row, talk) for row in rows),
    ]
    told = {**_pack_row(loaded), **source, "parameters": rows}
    if item is not None:
        told["history"] = [_with_inverse(row) for row in editions(table)]
        lines += ["", talk.say("各包各版的同一参数，按发布先后", "the same parameters in every pack, as they were published")]
        lines += [f"{row['published'] or '–':<10} {row['pack']:<20} {_value_line(row, talk)}" for row in told["history"]]
    talk.result("\n".join(lines), told)
    return 0


def _source_line(talk: Talk, source: dict[str, str]) -> str:
    words = (("发布", "issued"), ("查阅", "accessed"), ("许可", "licence"))
    told = [f"{talk.say(zh, name)} {source[name]}" for zh, name in words if source[name]]
    return "  ".join(filter(None, [source["producer"], *told]))


def editions(shown: pl.DataFrame) -> list[dict[str, Any]]:
    """What every shipped pack says of the parameters shown: rows with their pack, by parameter, date and validity."""
    by = ["parameter", "item", "category", "gas", "basis"]
    rows = [
        {"pack": name, **row}
        for name in pack.shipped_packs()
        for row in pack.load(name).parameters.join(shown.select(by).unique(), on=by, how="semi", nulls_equal=True).to_dicts()
    ]
    order = ("parameter", "category", "gas", "item", "published", "edition", "valid_from", "region", "pack")
    return sorted(rows, key=lambda row: tuple(str(row[name] or "") for name in order))


def _with_inverse(row: dict[str, Any]) -> dict[str, Any]:
    found = inverse(row["value"] or "", row["unit"] or "")
    other = None if found is None else {"value": found[0], "unit": found[1], "exact": found[2]}
    return {**row, "inverse": other}


def _value_line(row: dict[str, Any], talk: Talk) -> str:
    item = codes.item(row["item"]).name(talk.lang) if row["item"] else "*"
    category = codes.category(row["category"]).name(talk.lang) if row["category"] else "*"
    validity = pack.years_of(row)
    place = pack.place_of(row)
    other = row["inverse"]
    back = "" if other is None else f"  {'=' if other['exact'] else '≈'} {plain(other['value'])} {other['unit']}"
    known = [row["parameter"], item, category, row["gas"], place, row["edition"]]
    value = f"{row['value']} {row['unit']}{back}"
    return "  ".join([*filter(None, known), value, validity, row["citation"] or ""])


def values_found(talk: Talk, word: str, parameter: str | None) -> int:
    """Every value of the items, else of the categories, that a word may mean, in every shipped pack; 1 where there is none."""
    items, categories = codes.items_called(word), ()
    if not items:
        categories = codes.categories_called(word)
    wanted = pl.col("item").is_in(items) | pl.col("category").is_in(categories)
    rows = [
        {"pack": name, **_with_inverse(row)}
        for name in pack.shipped_packs()
        for row in pack.load(name).parameters.filter(wanted).to_dicts()
        if parameter is None or row["parameter"] == parameter
    ]
    lines = [f"{row['pack']:<20} {_value_line(row, talk)}" for row in rows]
    lines.append(talk.say(f"共 {len(rows)} 个值", f"{len(rows)} values"))
    code = 0 if rows else 1
    talk.result("\n".join(lines), {"items": items, "categories": categories, "values": rows, "exit_code": code})
    if not rows:
        talk.told(_nothing_found(word, parameter, bool(items or categories)))
    return code


def _nothing_found(word: str, parameter: str | None, named: bool) -> UsageError:
    """Why there is no value, with the words that come near."""
    if parameter is not None and parameter not in PARAMETERS:
        return UsageError("parameter.unknown", seen=parameter, known=", ".join(PARAMETERS))
    if named:
        return UsageError("factors.no_value", seen=" ".join(filter(None, (word, parameter))))
    return UsageError("factors.nothing_called", seen=word, close=codes.near_words(word))


def _items_meant(word: str) -> tuple[str, ...]:
    found = codes.items_called(word)
    if not found:
        raise UsageError("item.unknown", seen=word, close=codes.near_items(word))
    return found


def methods_shown(talk: Talk, name: str) -> int:
    """What methods read, give and rest on. Raises UsageError `method.unknown`."""
    chosen = [method for method in methods() if method.id == name or method.id.startswith(f"{name}.")]
    if not chosen:
        known = sorted({method.id for method in methods()} | {method.id.partition(".")[0] for method in methods()})
        raise UsageError("method.unknown", seen=name, close=did_you_mean(name, known))
    lines: list[str] = []
    for method in chosen:
        policy = f"  {method.policy}" if method.policy else ""
        scope = talk.say("范围", "scope")
        lines += [
            f"{method.id}  {', '.join(method.gases)}  {scope} {method.scope}  {method.account}{policy}",
            f"  {method.written}",
        ]
        lines += [
            f"    {read}  {unit}" + (f"  ({method.of_items[read]})" if read in method.of_items else "")
            for read, unit in method.reads.items()
        ]
        lines += [f"  {method.source}"]
    documents = [
        {name: getattr(method, name) for name in ("id", "gases", "scope", "account", "policy", "written", "source")}
        | {"reads": dict(method.reads), "of_items": dict(method.of_items)}
        for method in chosen
    ]
    talk.result("\n".join(lines), {"methods": documents})
    return 0


def packs_verified(talk: Talk, names: Sequence[str], *, every: bool = False) -> int:
    """Every check of packs, of the shipped ones where none is named; 0 without a problem, 5 with one."""
    shipped = pack.shipped_packs() if every or not names else ()
    problems = {name: check.problems(name) for name in dict.fromkeys((*names, *shipped))}
    lines: list[str] = []
    for name, rows in problems.items():
        lines.append(f"{name}  {talk.say('无问题', 'sound') if not rows else len(rows)}")
        lines += [f"  {line}" for row in rows for line in error_lines(row, talk.lang)]
    found = any(problems.values())
    talk.result("\n".join(lines), {"packs": problems, "exit_code": 5 if found else 0})
    return 5 if found else 0


NOTES = {
    "inventory": (
        "清单单元跨范围重叠：同一度电可以既是净调入（或购入）又是部门用电（范围 2），有一部分是输配损失（范围 3），"
        "其燃料在本地燃烧的还在范围 1；account main 只在同一口径的行内相加，合计只取 views 中的行",
        "Cells overlap across scopes: one kWh may be a net import (or bought) and used by a sector (scope 2), in part a loss "
        "(scope 3), and burnt within in scope 1; account main adds up in the lines of a view only: take totals from views",
    ),
    "view": (
        "item 为空的行已含各品种，上级行已含下级行；名称注明信息项的行与账户 main 以外的行不与其他行相加",
        "a line without an item holds all items, a line holds those under it; lines named as information and accounts besides "
        "main are added to no other",
    ),
}


def schema_shown(talk: Talk, name: str | None) -> int:
    """Columns, types and order of a table, of all tables, or the ids with their names and units."""
    if name == "ids":
        return _ids_shown(talk)
    if name == "project":
        return _project_shown(talk)
    if name in PROJECT_TABLES:
        return _project_table_shown(talk, name)
    if name is not None and name not in TABLES:
        known = (*TABLES, *PROJECT_TABLES, "project", "ids")
        raise UsageError("schema.unknown_table", seen=name, tables=", ".join(known), close=did_you_mean(name, known))
    chosen = {name: TABLES[name]} if name else TABLES
    document: dict[str, dict[str, Any]] = {
        table: {"columns": {column: str(dtype) for column, dtype in columns.items()}, "order": list(ORDER[table])}
        for table, columns in chosen.items()
    }
    for table in document.keys() & NOTES.keys():
        document[table]["note"] = talk.say(*NOTES[table])
    lines = [f"schema_version {SCHEMA_VERSION}"]
    for table, described in document.items():
        lines += ["", table, *(f"  {column:<20} {dtype}" for column, dtype in described["columns"].items())]
        lines += [f"  {talk.say(*NOTES[table])}"] if table in NOTES else []
    whole = {"project_tables": {one: _project_columns(one) for one in PROJECT_TABLES}, "project": project.KEYS}
    if name is None:
        for one in PROJECT_TABLES:
            lines += ["", *_column_lines(one, talk)]
        lines += ["", *_key_lines(talk)]
    talk.result(
        "\n".join(lines), {"tables": document, "table_schema_version": SCHEMA_VERSION, **(whole if name is None else {})}
    )
    return 0


def _project_columns(table: str) -> list[dict[str, Any]]:
    """The columns of a table that a project gives: type, whether every row fills it, Chinese headings that are taken."""
    aliases = {**HEADINGS[table], "note": NOTE}
    return [
        {"column": column, "type": str(dtype), "demanded": column in DEMANDED[table], "headings": aliases[column].split()}
        for column, dtype in PROJECT_TABLES[table].items()
    ]


def _column_lines(table: str, talk: Talk) -> list[str]:
    must = talk.say("必填", "demanded")
    return [
        talk.say(f"{table}（[tables] {table}，由项目给出）", f"{table} ([tables] {table}, given by a project)"),
        *(
            f"  {row['column']:<20} {row['type']:<8} {must if row['demanded'] else '':<10} {'、'.join(row['headings'])}".rstrip()
            for row in _project_columns(table)
        ),
    ]


def _project_table_shown(talk: Talk, table: str) -> int:
    talk.result("\n".join(_column_lines(table, talk)), {"table": table, "columns": _project_columns(table)})
    return 0


def _project_shown(talk: Talk) -> int:
    """The keys of tanfeng.toml."""
    talk.result("\n".join(_key_lines(talk)), {"keys": project.KEYS})
    return 0


def _key_lines(talk: Talk) -> list[str]:
    """The keys of tanfeng.toml by section, with what each holds."""
    lines = [project.FILE_NAME]
    for section, keys in project.KEYS.items():
        shown = f"[[{section}]]" if section in ("inputs", "parts") else f"[{section}]"
        lines += [f"  {shown}"] if section else []
        lines += [f"    {key:<14} {talk.say(*project.KINDS[kind])}" for key, kind in keys.items()]
    return lines


def _ids_shown(talk: Talk) -> int:
    document = {
        "items": [_named(item) for item in codes.items()],
        "categories": [_named(category) for category in codes.categories()],
        "gases": [_named(gas) for gas in codes.gases()],
        "units": units.listed(),
    }
    lines: list[str] = []
    for kind in ("items", "categories", "gases"):
        lines += [kind, *(_id_line(row) for row in document[kind]), ""]
    lines += ["units", *(f"  {row['spelling']:<22} {row['dimension']:<22} {row['base']}" for row in document["units"])]
    talk.result("\n".join(lines), document)
    return 0


def _named(known: Any) -> dict[str, Any]:
    return {
        "id": known.id,
        "name_zh": known.name_zh,
        "name_en": known.name_en,
        "aliases": list(getattr(known, "aliases", ())),
        "parent": getattr(known, "parent", None),
    }


def _id_line(row: dict[str, Any]) -> str:
    aliases = f"  ({'、'.join(row['aliases'])})" if row["aliases"] else ""
    return f"  {row['id']:<26} {row['name_zh']}  {row['name_en']}{aliases}"
