"""What only the batch as a whole can say: which transfers stand, what they leave of industry, keys that disagree, signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import LANGS, Where, finding
from accounting.exact import QUANTITY_DIGITS, decimals, integers, plain
from accounting.ingest import cell_lists
from accounting.ingest.account import LISTED, unlisted
from accounting.ingest.batch import TRANSFERRED, Part
from accounting.ingest.transfers import TARGET
from accounting.ledger import FIGURE, UNSAID
from accounting.tables import KEY

STOCK = "stock_change"
QUANTITY, MADE = pl.col("quantity"), pl.col("made")


def settled_transfers(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """Take transfers back where nobody reports what they would be taken out of; a warning a part says so.

    Non-energy use is part of the gross figure of industry. Where that is absent, refused or no number, a transfer
    would be a negative quantity of nothing; where only divisions are given, nobody says of which one it is part.
    """
    moving = [part for part in parts if part.account["transfers"]]
    if not moving:
        return
    figures = pl.concat([part.given().filter(~MADE & QUANTITY.is_not_null()) for part in parts])
    gross = figures.filter(pl.col("category") == TARGET).select(TRANSFERRED).unique().collect()
    divided = figures.filter(pl.col("category").is_in(codes.divisions(TARGET))).select(TRANSFERRED).unique().collect()
    for part in moving:
        lone = part.given().filter(MADE).select(TRANSFERRED).unique().collect().join(gross, on=TRANSFERRED, how="anti")
        of_divisions = lone.join(divided, on=TRANSFERRED, how="semi")
        yield from _taken_back(part, "transfer.only_divisions", of_divisions)
        yield from _taken_back(part, "transfer.no_industry", lone.join(of_divisions, on=TRANSFERRED, how="anti"))


def _taken_back(part: Part, code: str, subjects: pl.DataFrame) -> Iterator[dict[str, Any]]:
    gone = part.withdraw_transfers(subjects)
    if gone.is_empty():
        return
    count = gone.height if part.portions is None else int(gone["rows"].sum())
    cells = (
        gone["cell"].to_list()
        if part.portions is None
        else [f"{e} {y} {i}" for e, y, i in subjects.sort(TRANSFERRED).iter_rows()]
    )
    where = part.where if part.portions is not None else Where(part.where.file, part.where.sheet, cells[0])
    yield finding(code, "completeness", "warning", where=where, seen=count, count=count, cells=cell_lists.first(cells))


def negative_nets(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """A warning for each key of industry that non-energy use takes below zero."""
    if not any(part.account["transfers"] for part in parts):
        return
    sums = _of_batch(parts, pl.col("category") == TARGET).group_by(KEY).agg(
        integers(QUANTITY).sum().alias("quantity"),
        integers(QUANTITY).filter(~MADE).sum().alias("reported"),
        pl.col("part").filter(MADE).first(),
    )  # fmt: skip
    below = (pl.col("reported") >= 0) & (pl.col("quantity") < 0)
    nets = sums.filter(below).with_columns(decimals(QUANTITY, QUANTITY_DIGITS)).sort(KEY).collect()
    for key in _with_address(nets.head(LISTED), parts):
        yield finding(
            "balance.negative_net", "plausibility", "warning", where=key["where"], entity=key["entity"],
            year=key["year"], category=TARGET, item=key["item"], seen=f"{plain(key['quantity'])} {key['unit']}",
        )  # fmt: skip
    yield from unlisted("balance.negative_net", nets.height - LISTED, "warning")


def disagreeing_keys(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """A warning for each key that has no quantity, and several notation keys of which the first is used."""
    if not parts:
        return
    written = _of_batch(parts, pl.col("notation_key").is_not_null()).select(KEY).unique().collect()
    if written.is_empty():
        return
    found = (
        _of_batch(parts, pl.lit(value=True))
        .join(written.lazy(), on=KEY, how="semi", nulls_equal=True)
        .group_by(KEY)
        .agg(pl.col("notation_key").unique().sort(), QUANTITY.count(), pl.col("part").first())
    )
    several = (QUANTITY == 0) & (pl.col("notation_key").list.len() > 1)
    keys = found.filter(several).sort(KEY).collect()
    for key in _with_address(keys.head(LISTED), parts):
        named: dict[str, Any] = {f"key_{lang}": codes.pair_name(key["category"], key["item"], lang) for lang in LANGS}
        yield finding(
            "notation.several", "completeness", "warning", where=key["where"], entity=key["entity"], year=key["year"],
            category=key["category"], item=key["item"], seen=", ".join(key["notation_key"]), used=key["notation_key"][0],
            **named,
        )  # fmt: skip
    yield from unlisted("notation.several", keys.height - LISTED, "warning")


def unsaid_beside(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """A warning for each category and item of a place and year of which a part is NE or C and another a number.

    The number stands, and the sum is without what was not said.
    """
    if not parts:
        return
    rest = [name for name in KEY if name not in FIGURE]
    told = (
        _of_batch(parts, pl.col("notation_key").is_in(UNSAID))
        .group_by(FIGURE)
        .agg(pl.col("notation_key").unique().sort(), pl.col("rows").sum().alias("count"), pl.col(*rest, "part").first())
        .collect()
    )
    if told.is_empty():
        return
    numbers = _of_batch(parts, QUANTITY.is_not_null() & ~MADE).select(FIGURE).join(told.lazy(), on=FIGURE, how="semi").unique()
    found = told.lazy().join(numbers, on=FIGURE, how="semi").sort(FIGURE).collect()
    for key in _with_address(found.head(LISTED), parts):
        named: dict[str, Any] = {f"key_{lang}": codes.pair_name(key["category"], key["item"], lang) for lang in LANGS}
        yield finding(
            "notation.beside_number", "completeness", "warning", where=key["where"], entity=key["entity"], year=key["year"],
            category=key["category"], item=key["item"], seen=", ".join(key["notation_key"]), count=key["count"], **named,
        )  # fmt: skip
    yield from unlisted("notation.beside_number", found.height - LISTED, "warning")


def stock_signs(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """A warning a table that gives stock changes of fuels: an increase is read as negative, as in a balance."""
    tables = [part for part in parts if not part.is_statement and STOCK in _categories(part)]
    for part, changes in zip(tables, pl.collect_all([_stock_changes(part) for part in tables]), strict=True):
        if changes.is_empty():
            continue
        told: dict[str, Any] = {
            name: ", ".join(f"{plain(amount)} {unit}" for amount, unit in changes.select(name, "unit").iter_rows())
            for name in ("more", "less")
        }
        yield finding(
            "supply.stock_sign", "plausibility", "warning", where=part.where, category=STOCK,
            seen=f"−{told['more']} +{told['less']}", count=int(changes["count"].sum()), **told,
        )  # fmt: skip


def _categories(part: Part) -> set[str]:
    return set(part.as_made().select(pl.col("category").unique().cast(pl.String)).collect()["category"])


def _stock_changes(part: Part) -> pl.LazyFrame:
    """By unit the `count` of stock changes of fuels that are not 0, how much `more` and how much `less` there is."""
    fuels = [item.id for item in codes.items() if item.kind == "fuel"]
    size = integers(QUANTITY)
    of_fuels = part.given().filter((pl.col("category") == STOCK) & (QUANTITY != 0) & pl.col("item").is_in(fuels))
    by_unit = of_fuels.group_by("unit").agg(
        size.filter(QUANTITY < 0).sum().abs().alias("more"), size.filter(QUANTITY > 0).sum().alias("less"), pl.len().alias("count")
    )  # fmt: skip
    return by_unit.with_columns(decimals(pl.col("more", "less"), QUANTITY_DIGITS)).sort("unit")


def _of_batch(parts: Sequence[Part], those: pl.Expr) -> pl.LazyFrame:
    """Portions of all parts, with the number of their part."""
    return pl.concat(
        [part.given().filter(those).with_columns(pl.lit(number).alias("part")) for number, part in enumerate(parts)]
    )


def _with_address(keys: pl.DataFrame, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """Keys of a `part` each, with `where` the last row of each stands; of a referenced table its file."""
    for (number,), own in keys.partition_by("part", as_dict=True, maintain_order=True).items():
        part = parts[number]
        rows = part.rows.select(*KEY, "cell").unique(KEY, keep="last")
        placed = own.join(rows, on=KEY, how="left", nulls_equal=True, maintain_order="left")
        for key in placed.iter_rows(named=True):
            yield {**key, "where": Where(part.where.file, part.where.sheet, key["cell"])}
