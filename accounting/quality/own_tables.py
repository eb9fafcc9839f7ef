"""What the tables of a project came to: which own values and splits were taken, which served nothing, what was cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from accounting import codes, ledger
from accounting.errors import Where, finding
from accounting.exact import plain
from accounting.factors.own import OWN, SHARE, SPLITS
from accounting.factors.resolver import Resolved
from accounting.ingest import cell_lists
from accounting.ingest.project_tables import wholes
from accounting.ingest.project_tables.own import SHORT_CUT, Own
from accounting.ingest.project_tables.parameters import Measured
from accounting.ingest.project_tables.splits import Part
from accounting.project import FILE_NAME

Finding = dict[str, Any]
_USED = ["region", "parameter", "parameter_item", "parameter_category", "valid_from", "value", "value_unit", "month", "gas"]


def told(own: Own, reported: pl.DataFrame, sums: pl.DataFrame, classes: pl.DataFrame, resolved: Resolved) -> list[Finding]:
    """The findings on a project's own tables; none where it has none.

    `reported` are the key sums as they were read, `sums` those of the run, both with their class, `classes` the classes.
    """
    known = pl.concat([resolved.effective["class"], resolved.missing["class"]]).unique()
    counted = classes.filter(pl.col("class").is_in(known.implode()))
    return [
        *_values(own, resolved.resolution),
        *_months(own, sums, counted),
        *_splits(own, reported, resolved.resolution),
        *_wholes(own, reported, sums),
    ]


def _values(own: Own, resolution: pl.DataFrame) -> Iterator[Finding]:
    """Own values that were taken (info), and those that serve nothing (a warning: the wrong item, unit or year)."""
    if not own.measured:
        return
    used: dict[tuple[Any, ...], list[tuple[Any, Any]]] = {}
    for row in resolution.filter(pl.col("pack") == OWN).select(_USED).unique().to_dicts():
        key = (row["region"], row["parameter"].rpartition(".")[2], *(row[name] for name in _USED[2:7]))
        used.setdefault(key, []).append((row["month"], row["gas"]))
    verdicts = [(one, _is_used(one, used)) for one in own.measured]
    taken, unused = ([one for one, is_used in verdicts if is_used is wanted] for wanted in (True, False))
    for code, severity, rows in (("own_value.taken", "info", taken), ("own_value.unused", "warning", unused)):
        if rows:
            where = Where(rows[0].row.file, rows[0].row.sheet)
            cells = cell_lists.first([str(one.row.where("value").cell) for one in rows])
            yield finding(
                code, "own_value", severity, where=where, seen=len(rows), used=cells, count=len(rows), cells=cells,
                entities=cell_lists.first(sorted({_named(own, str(one.values["entity"])) for one in rows})),
            )  # fmt: skip


def _is_used(one: Measured, used: Mapping[tuple[Any, ...], list[tuple[Any, Any]]]) -> bool:
    """Whether the value stands in the resolution, of its month and gas where it has one."""
    values = one.values
    key = tuple(values[name] for name in ("entity", "parameter", "item", "category", "valid_from", "value", "unit"))
    return any(values["month"] in (None, month) and values["gas"] in (None, gas) for month, gas in used.get(key, []))


def _months(own: Own, sums: pl.DataFrame, classes: pl.DataFrame) -> Iterator[Finding]:
    """Quantities of a month, or of the whole year, for which there is no own value, though other months have one."""
    given: dict[tuple[Any, ...], list[Measured]] = {}
    for one in own.measured:
        if one.values["month"] is not None:
            given.setdefault(one.key, []).append(one)
    if not given:
        return
    listed = list(given.values())
    lacking = pl.concat(
        classes.filter(_lacks_months(own, same, classes)).select("class", pl.lit(number, pl.Int64).alias("given"))
        for number, same in enumerate(listed)
    )
    by = ["given", "entity", "category", "item", "unit", "annual"]
    total = [pl.col("quantity").sum(), pl.col("month").drop_nulls().unique().sort().alias("months")]
    keys = sums.filter(pl.col("quantity").is_not_null()).with_columns(pl.col("month").is_null().alias("annual"))
    added = keys.join(lacking, on="class").group_by(by).agg(total)
    for row in added.sort(by).to_dicts():
        yield _month_lacking(own, listed[row["given"]], row)


def _lacks_months(own: Own, same: Sequence[Measured], classes: pl.DataFrame) -> pl.Expr:
    """The classes to which own values of some months would belong, were they of the month."""
    values, months = same[0].values, [one.values["month"] for one in same]
    place, year = str(values["entity"]), int(values["valid_from"])
    inside = [p for p in classes["place"].unique() if p == place or place in own.lineages.above(p, year)]
    fits = pl.col("place").is_in(inside) & (pl.col("year") == year)
    fits &= ~pl.col("month").is_in(months).fill_null(value=False)
    for column, parents in (("item", codes.item_parents), ("category", codes.category_parents)):
        if values[column] is not None:
            known = [w for w in classes[column].unique() if values[column] in (w, *parents(w))]
            fits &= pl.col(column).is_in(known)
    return fits


def _month_lacking(own: Own, same: Sequence[Measured], row: Mapping[str, Any]) -> Finding:
    values, months = same[0].values, ", ".join(str(month) for month in sorted(one.values["month"] for one in same))
    quantity, others = f"{plain(row['quantity'])} {row['unit']}", ", ".join(map(str, row["months"]))
    return finding(
        "own_value.months", "plausibility", "warning", where=same[0].row.where("month"), entity=row["entity"],
        year=int(values["valid_from"]), category=row["category"], item=row["item"],
        seen=quantity if row["annual"] else f"{quantity} ({others})", quantity=quantity, used=months, months=months, parameter=values["parameter"],
        name=_named(own, row["entity"]), item_zh=codes.item(row["item"]).name_zh, item_en=codes.item(row["item"]).name_en,
        span_zh="全年" if row["annual"] else f" {others} 月", span_en="the whole year" if row["annual"] else f"the months {others}",
    )  # fmt: skip


def _splits(own: Own, sums: pl.DataFrame, resolution: pl.DataFrame) -> Iterator[Finding]:
    """Each split with the tonnes that it cut (info), the short cut with its tonnes (a warning), a split that serves nothing."""
    cut = _cut_by_split(sums, resolution) if own.splits else {}
    by_split: dict[tuple[Any, ...], list[Part]] = {}
    for part in own.splits:
        by_split.setdefault((part.entity, part.item, part.since, part.until), []).append(part)
    for (entity, item, since, until), parts in by_split.items():
        keys, quantity = cut.get((entity, item, since, until), (0, Decimal(0)))
        tonnes = plain(quantity)
        short_cut = parts[0].source == SHORT_CUT
        code, kind, severity = (
            ("splits.short_cut", "fallback", "warning") if short_cut and keys
            else ("splits.taken", "default", "info") if keys
            else ("splits.unused", "default", "info")
        )  # fmt: skip
        yield finding(
            code, kind, severity, item=item if short_cut else None,
            seen=f"{tonnes} t" if short_cut else f"{entity} {_years(since, until, 'every year')}: {tonnes} t", tonnes=tonnes,
            used=" + ".join(f"{one.share} {one.into}" for one in parts), keys=keys,
            years_zh=_years(since, until, "各年"), years_en=_years(since, until, "every year"),
            place_zh=codes.entity_name(entity, "zh", own.names), place_en=codes.entity_name(entity, "en", own.names),
            item_zh=codes.item(item).name_zh, item_en=codes.item(item).name_en,
            parts_zh=" + ".join(f"{one.share} {codes.item(one.into).name_zh}" for one in parts),
            parts_en=" + ".join(f"{one.share} {codes.item(one.into).name_en}" for one in parts), source=parts[0].source,
        )  # fmt: skip


def _cut_by_split(sums: pl.DataFrame, resolution: pl.DataFrame) -> dict[tuple[Any, ...], tuple[int, Decimal]]:
    """How many key sums each split cuts, by region, item and years, and how much they are."""
    split = ["region", "item", "valid_from", "valid_to"]
    shares = resolution.filter((pl.col("pack") == SPLITS) & pl.col("parameter").str.ends_with(f".{SHARE}"))
    by_class = sums.group_by("class").agg(pl.len().alias("keys"), pl.col("quantity").sum())
    joined = shares.select(*split, "class").unique().join(by_class, on="class")
    added = joined.group_by(split).agg(pl.col("keys").sum(), pl.col("quantity").sum())
    return {tuple(row[:4]): (row[4], row[5]) for row in added.rows()}


def _wholes(own: Own, before: pl.DataFrame, sums: pl.DataFrame) -> Iterator[Finding]:
    """Pieces that were rounded to nine decimals, parts that have no figures, and parts whose NE makes a whole NE."""
    if not own.parts:
        return
    count, names = wholes.rounded(before, own.parts)
    where = Where(FILE_NAME)
    if count:
        yield finding("parts.rounded", "rounding", "info", where=where, seen=count, used=names, count=count, names=names)
    made = {part.whole for part in own.parts}
    absent = sorted({part.part for part in own.parts} - set(before["entity"].unique()) - made)
    if absent:
        listed = cell_lists.first([_named(own, name) for name in absent])
        yield finding(
            "parts.absent", "completeness", "warning", where=where, seen=", ".join(absent[: cell_lists.MOST]), names=listed
        )
    silent = ledger.silent_parts(before.drop("class"), sums.drop("class"), own.parts)
    by = ["entity", "category", "item"]
    told = [pl.col(name).unique().sort() for name in ("part", "year", "notation_key")]
    for row in silent.group_by(by).agg(told).sort(by).to_dicts():
        listed, years = cell_lists.first([_named(own, name) for name in row["part"]]), ", ".join(map(str, row["year"]))
        yield finding(
            "parts.not_estimated", "completeness", "warning", where=where, entity=row["entity"], category=row["category"],
            item=row["item"], seen=f"{', '.join(row['part'])}: {years}", used=" / ".join(row["notation_key"]), names=listed,
            years=years, whole=_named(own, row["entity"]),
            item_zh=codes.item(row["item"]).name_zh, item_en=codes.item(row["item"]).name_en,
            category_zh=codes.category(row["category"]).name_zh, category_en=codes.category(row["category"]).name_en,
        )  # fmt: skip


def _years(since: int | None, until: int | None, every: str) -> str:
    return every if since is None and until is None else f"{since or ''}–{until or ''}"


def _named(own: Own, entity: str) -> str:
    """An id with its name, where it has one: 钱塘园区 (P1)."""
    name = codes.entity_name(entity, "zh", own.names)
    return entity if name == entity else f"{name} ({entity})"
