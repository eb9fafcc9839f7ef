"""Findings: what was defaulted, replaced, doubtful or missing, and which of it a person has accepted.

An acceptance names a finding by its id, a hash of code, address or key, and the value seen: it lapses when the value
changes. It changes the exit code and the report, never a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from accounting import codes
from accounting.acceptances import Acceptance
from accounting.errors import Lang, finding
from accounting.exact import MASS_DIGITS, integers, plain
from accounting.inventory import boundary
from accounting.ledger import PAIR
from accounting.ranks import typed_as
from accounting.tables import BASIS_UNSTATED, NO_CATEGORY, NO_VALUE, OTHER_BASIS, frame, ordered

BASIS = (BASIS_UNSTATED, OTHER_BASIS)  # causes of a missing factor that a table mends
_TWO_LANGUAGES = re.compile(r"(?P<pack>[\w.-]+: )?(?P<zh>.+?) / (?P<en>.+)", re.DOTALL)


def accepted(findings: pl.DataFrame, acceptances: Sequence[Acceptance]) -> pl.DataFrame:
    """Findings with who accepted them; an acceptance that fits none any more is a finding of its own (info)."""
    known = set(findings["id"])
    lapsed = [
        finding("acceptance.lapsed", "completeness", "info", seen=a.seen, id=a.id, lapsed_code=a.code, by=a.by)
        for a in acceptances
        if a.id not in known
    ]
    holding = pl.DataFrame(
        [(a.id, a.by, a.on, a.reason) for a in acceptances if a.id in known],
        schema={"id": pl.String, "accepted_by": pl.String, "accepted_on": pl.String, "reason": pl.String},
        orient="row",
    ).unique("id", keep="last")
    marked = findings.drop("accepted_by", "accepted_on", "reason").join(holding, on="id", how="left")
    return ordered("findings", pl.concat([marked.select(findings.columns), frame("findings", lapsed)]))


def with_stakes(findings: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Findings with `stake_t`: Σ |CO2e| of the cells of the entity, year, category and item that they name.

    Electricity and heat are at stake once, though they have cells of several boundaries and accounts: the largest. A
    finding that names none of these, or only cells without a mass, has no stake: its tonnes are not known. Nor are those
    of a missing factor: what other gases or other places have of the same category and item is not what it is about.
    """
    keys = ("entity", "year", "category", "item")
    parts: list[pl.DataFrame] = []
    is_gap = pl.col("kind") == "missing_factor"
    patterns = findings.with_row_index("at").with_columns(
        pl.concat_str([
            pl.when(is_gap | pl.col(key).is_null()).then(pl.lit("-")).otherwise(pl.lit("x")) for key in keys
        ]).alias("names")
    )  # fmt: skip
    of_pairs = _sizes(cells, PAIR).collect().lazy()
    for (names,), group in patterns.group_by("names"):
        named = [key for key, mark in zip(keys, str(names), strict=True) if mark == "x"]
        if named:
            sizes = of_pairs if set(named) <= set(PAIR) else _sizes(_of_values(cells, group, named), named)
            stakes = _stakes(sizes, named).cast(group.select(named).schema)
            parts.append(group.select("at", *named).join(stakes, on=named, how="inner").select("at", "stake"))
    if not parts:
        return findings
    with_stake = patterns.join(pl.concat(parts), on="at", how="left").sort("at")
    return with_stake.with_columns(pl.coalesce("stake_t", "stake").alias("stake_t")).select(findings.columns)


def _of_values(cells: pl.DataFrame, group: pl.DataFrame, named: Sequence[str]) -> pl.DataFrame:
    """The cells of what a group of findings names."""
    return cells.join(typed_as(group.select(named).unique(), cells, named), on=named, how="semi")


def _sizes(cells: pl.DataFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Exact Σ |CO2e| of cells by these columns, their scope, account and boundary: `size`, in units of the last decimal."""
    size = integers(pl.col("co2e_t")).abs().sum().alias("size")
    known = cells.lazy().filter(pl.col("co2e_t").is_not_null())
    kinds = known.group_by(*dict.fromkeys([*by, "category", "scope", "account"])).agg(size)
    return kinds.with_columns(boundary()).group_by(*by, "scope", "account", "boundary").agg(pl.col("size").sum())


def _stakes(sizes: pl.LazyFrame, named: Sequence[str]) -> pl.DataFrame:
    """What is at stake of what is named so; `sizes` are at least as fine."""
    size = pl.col("size").sum()
    direct, others = sizes.filter(pl.col("scope") == 1), sizes.filter(pl.col("scope") != 1)
    once = others.group_by(*named, "account", "boundary").agg(size).group_by(named).agg(pl.col("size").max())
    every = pl.concat([direct.group_by(named).agg(size), once]).group_by(named).agg(size)
    return every.select(*named, (pl.col("size").cast(pl.Float64) / 10**MASS_DIGITS).alias("stake")).collect()


def with_first_addresses(findings: pl.DataFrame, activity: pl.DataFrame) -> pl.DataFrame:
    """Findings on a basis (`BASIS`), with an address: of the first row of their category and item, one that states a basis
    where the factor stands on another, one that states none where it is not stated, if there is one.
    """
    asked = pl.col("code").is_in(BASIS) & pl.col("file").is_null()
    named = activity.join(findings.filter(asked).select(PAIR).unique(), on=PAIR, how="semi")
    if named.is_empty():
        return findings
    address = {name: f"first_{name}" for name in ("file", "sheet", "cell")}
    shown = pl.concat([
        named.sort(pl.col("basis").is_null() != (code == BASIS_UNSTATED), "file", "sheet", "row_id")
        .unique(PAIR, keep="first", maintain_order=True)
        .select(*PAIR, pl.lit(code).alias("code"), *address)
        for code in BASIS
    ]).rename(address)  # fmt: skip
    placed = findings.join(shown, on=[*PAIR, "code"], how="left", maintain_order="left")
    return placed.with_columns(
        pl.when(asked).then(there).otherwise(name).alias(name) for name, there in address.items()
    ).select(findings.columns)


def waiting(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings above `info` that nobody has accepted."""
    return findings.filter((pl.col("severity") != "info") & pl.col("accepted_by").is_null())


def missing_factors(
    reported: pl.LazyFrame, missing: pl.LazyFrame, with_wholes: pl.LazyFrame | None = None
) -> list[dict[str, Any]]:
    """One `missing_factor` finding a (category, item, gas): its entities, years, keys and quantity.

    `missing` gives `class`, `gas`, `severity`, `code`, `reason`; the value seen is the quantity, so an acceptance lapses when
    the statistics change. `reported` are key sums as they were read, so that nothing is added over a part and its whole;
    a gap that only wholes have is found in `with_wholes` and told with their quantity. What no pack serves at all is told
    by `unserved.without_cell`.
    """
    lacking = _lacking(reported, missing)
    if with_wholes is not None:
        of_wholes = _lacking(with_wholes, missing).join(lacking, on=_GAP, how="anti", nulls_equal=True)
        lacking = pl.concat([lacking, of_wholes]).sort(_GAP)
    return [_missing_factor(row) for row in lacking.to_dicts()]


_GAP = ("category", "item", "unit", "gas", "severity", "code", "reason")


def _lacking(sums: pl.LazyFrame, missing: pl.LazyFrame) -> pl.DataFrame:
    return (
        sums.filter(pl.col("quantity").is_not_null())
        .join(missing.select("class", "gas", "severity", "code", "reason"), on="class", how="inner")
        .filter(pl.col("code") != NO_CATEGORY)
        .group_by(_GAP)
        .agg(
            pl.col("entity").n_unique().alias("entities"),
            pl.len().alias("keys"),
            pl.col("quantity").sum().alias("quantity"),
        )
        .sort(_GAP)
        .collect()
    )


def in_language(reason: str | None, lang: Lang) -> str:
    """A pack's reason in one language; a reason in one language only stays as it is.

    >>> in_language("ceads-2018: 不计 / left out", "en"), in_language("no value", "zh")
    ('ceads-2018: left out', 'no value')
    """
    found = _TWO_LANGUAGES.fullmatch(reason or "")
    return f"{found['pack'] or ''}{found[lang]}" if found else reason or ""


def _missing_factor(row: dict[str, Any]) -> dict[str, Any]:
    category, item = codes.category(row["category"]), codes.item(row["item"])
    return finding(
        row["code"] if row["code"] in BASIS else NO_VALUE,
        "missing_factor",
        row["severity"],
        category=row["category"],
        item=row["item"],
        seen=f"{plain(row['quantity'])} {row['unit']}",
        used="NE",
        gas=row["gas"],
        entities=row["entities"],
        keys=row["keys"],
        quantity=plain(row["quantity"]),
        unit=row["unit"],
        cause_zh=in_language(row["reason"], "zh"),
        cause_en=in_language(row["reason"], "en"),
        category_zh=category.name_zh,
        category_en=category.name_en,
        item_zh=item.name_zh,
        item_en=item.name_en,
    )
