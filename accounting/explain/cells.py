"""The cells that were asked about, and the key sums, factors, workbook cells and citations behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import polars as pl

from accounting import codes
from accounting.codes.columns import marks
from accounting.errors import LANGS, Lang, UsageError
from accounting.exact import plain
from accounting.explain.place import Place, asked, fitting, in_other_accounts, in_view, only_information
from accounting.ingest.words import BETWEEN
from accounting.inventory import boundary
from accounting.ledger import Part
from accounting.tables import CELL, KEY

SHOWN_CELLS = 12
SHOWN_SOURCES = 12
SHOWN_CHOICES = 40


@dataclass(frozen=True, slots=True)
class Posting:
    """One key sum × one effective factor, with what both rest on."""

    quantity: Decimal
    unit: str
    factor: Decimal
    formula: str
    method: str
    parameters: tuple[dict[str, Any], ...]
    sources: tuple[dict[str, Any], ...]
    more_sources: int


@dataclass(frozen=True, slots=True)
class CellExplained:
    """One inventory cell and the postings that add up to it."""

    cell: dict[str, Any]
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was asked, its cells by size (the largest explained whole), and the total that they add up to.

    `place` has the entity, year and gas of the cells; `views` are those whose line it is, where a line was asked about;
    `information` are key sums of the category that enter no cell by a documented rule. `electricity` are the settings that
    hold its two policies, where any of the cells is one of electricity.
    """

    place: Place
    mass_t: Decimal | None
    cells: tuple[CellExplained, ...]
    others: int
    others_t: Decimal
    missing: tuple[dict[str, Any], ...]
    apart: tuple[str, ...]  # other accounts in which the same is counted by another rule, never added
    referenced: tuple[tuple[str, str], ...]
    electricity: Mapping[str, Any] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    views: tuple[str, ...] = ()
    information: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        """The explanation as Chinese text; `explanation_text` gives either language."""
        from accounting.explain.wording import explanation_text

        return explanation_text(self, "zh")


def explained(
    tables: Mapping[str, pl.DataFrame], place: Place, shown: Sequence[str] = (), inputs: Sequence[Mapping[str, Any]] = (),
    settings: Mapping[str, Any] | None = None, parts: Sequence[Part] = (), names: Mapping[str, str] | None = None,
) -> Explanation:  # fmt: skip
    """The explanation of every inventory cell that fits `place`.

    `tables` are those of a run (inventory, sums, effective, resolution, activity), `shown` its views, `inputs` the files of
    its manifest: a Parquet table is referenced by its hash, its rows are not in the run; `settings` those of it; `parts`
    those from which the project makes wholes, whose cells rest on the rows of their parts; `names` what it calls its own
    ids. Raises UsageError `explain.nothing` when no cell fits and nothing is information, naming what the run has,
    `explain.ambiguous` when cells of several entities, years or gases do, `explain.overlap` where scopes 1, 2 and 3 would
    be added without a view: they have no sum; and what `place.fitting` raises.
    """
    place = in_view(place)
    cells, of_views = fitting(tables["inventory"], place, shown)
    own = names or {}
    known = only_information(tables["sums"], tables["inventory"], place, shown)
    if cells.is_empty() and known.is_empty():
        has_zh, has_en = (_has(tables["inventory"], lang, own) for lang in LANGS)
        raise UsageError("explain.nothing", seen=asked(place), has_zh=has_zh, has_en=has_en)
    told = cells if cells.height else known
    _one_of_each(told, place)
    found = {name: told[name][0] for name in ("entity", "year", "gas") if name in told.columns}
    measured = cells.filter(pl.col("mass_t").is_not_null()).sort(
        [pl.col("mass_t").abs(), *CELL], descending=[True] + [False] * len(CELL)
    )
    largest, others = measured.head(SHOWN_CELLS), measured.slice(SHOWN_CELLS)
    return Explanation(
        place=replace(place, **found),
        mass_t=_total(measured) if measured.height else None,
        cells=tuple(CellExplained(cell, _postings(tables, cell, parts, own)) for cell in largest.to_dicts()),
        others=others.height,
        others_t=_total(others),
        missing=tuple(cells.filter(pl.col("mass_t").is_null()).to_dicts()),
        apart=in_other_accounts(tables["inventory"], place),
        referenced=tuple((str(one["name"]), str(one["sha256"])) for one in inputs if one.get("referenced")),
        electricity=settings if any(_is_electricity(item) for item in cells["item"].unique()) else None,
        names=own,
        views=of_views,
        information=tuple(known.filter(entity=found["entity"], year=found["year"]).sort(KEY).to_dicts()),
    )


def _is_electricity(item: str) -> bool:
    return "electricity" in codes.item(item).dimensions


def _total(cells: pl.DataFrame) -> Decimal:
    """The exact sum of cells."""
    return sum(cells["mass_t"].to_list(), Decimal(0))


def _one_of_each(cells: pl.DataFrame, place: Place) -> None:
    """Nothing adds over entities, years, gases, accounts or boundaries: a question that would is refused with the choices.

    Only a line of a view adds over accounts, where it says so: the park's total takes electricity by the market.
    """
    alone = ("entity", "year", "gas") if place.row is not None else ("entity", "year", "gas", "account")
    for column in (name for name in alone if name in cells.columns):
        choices = cells[column].unique().sort()
        if choices.len() > 1:
            listed = ", ".join(str(choice) for choice in choices.head(12))
            raise UsageError("explain.ambiguous", seen=asked(place), column=column, choices=listed)
    if place.row is not None or place.category:
        return
    overlapping = cells.select(boundary()).to_series().unique().sort()
    if overlapping.len() > 1:
        named: dict[str, Any] = {
            f"boundaries_{lang}": mark.join(marks("boundary", lang)[one] for one in overlapping) for lang, mark in BETWEEN
        }
        raise UsageError("explain.overlap", seen=asked(place), **named)


def _postings(
    tables: Mapping[str, pl.DataFrame], cell: Mapping[str, Any], parts: Sequence[Part], names: Mapping[str, str]
) -> tuple[Posting, ...]:
    same = pl.lit(value=True)
    for column in ("entity", "category", "item"):
        same &= pl.col(column) == cell[column]
    factors = tables["effective"].filter(
        (pl.col("gas") == cell["gas"]) & (pl.col("scope") == cell["scope"]) & (pl.col("account") == cell["account"])
    )
    keys = (
        tables["sums"]
        .filter(same & pl.col("quantity").is_not_null())
        .join(factors.select("class", "lag", "effective_factor", "formula", "method"), on="class", how="inner")
        .filter(pl.col("year") + pl.col("lag") == cell["year"])
        .sort("year", "month", "unit", "basis", "lag")
    )
    return tuple(_posting(tables, key, cell, parts, names) for key in keys.to_dicts())


def _posting(
    tables: Mapping[str, pl.DataFrame], key: Mapping[str, Any], cell: Mapping[str, Any], parts: Sequence[Part],
    names: Mapping[str, str],
) -> Posting:  # fmt: skip
    chosen = pl.col("class") == key["class"]
    for column in ("gas", "scope", "account"):
        chosen &= pl.col(column) == cell[column]
    parameters = tables["resolution"].filter(chosen)
    alike = tables["activity"].filter(
        pl.all_horizontal(
            pl.col(name).eq_missing(pl.lit(key[name], tables["activity"].schema[name]))
            for name in ("year", "month", "category", "item", "unit", "basis")
        )
    )
    ways = {key["entity"]: "", **_ways_from(key["entity"], key["year"], parts, names)}
    rows = alike.filter(pl.col("entity").is_in(list(ways))).with_columns(
        pl.concat_str(
            pl.col("entity").replace_strict(ways, return_dtype=pl.String).replace("", None), "note",
            separator="; ", ignore_nulls=True,
        ).replace("", None).alias("note")
    )  # fmt: skip
    return Posting(
        quantity=key["quantity"],
        unit=key["unit"],
        factor=key["effective_factor"],
        formula=key["formula"],
        method=key["method"],
        parameters=tuple(parameters.to_dicts()),
        sources=tuple(rows.head(SHOWN_SOURCES).to_dicts()),
        more_sources=max(0, rows.height - SHOWN_SOURCES),
    )


def _ways_from(whole: str, year: int, parts: Sequence[Part], names: Mapping[str, str]) -> dict[str, str]:
    """The parts of a whole, those of its parts among them, with the share of each: 钱塘园区 P1 × 0.6."""
    found: dict[str, str] = {}
    for part in parts:
        if part.whole == whole and part.since <= year <= part.until:
            name = codes.entity_name(part.part, "zh", names)
            label = part.part if name == part.part else f"{name} {part.part}"
            own = f"{label} × {plain(part.share)}"
            found[part.part] = own
            found |= {inner: f"{way} × {plain(part.share)}" for inner, way in _ways_from(part.part, year, parts, names).items()}
    return found


def _has(inventory: pl.DataFrame, lang: Lang, own: Mapping[str, str]) -> str:
    """What a run has to ask about, by name; of many, how many more."""
    names: dict[str, Callable[[Any], str]] = {
        "entity": lambda code: codes.entity_name(code, lang, own),
        "year": str,
        "category": lambda word: codes.category(word).name(lang),
        "item": lambda word: codes.item(word).name(lang),
        "gas": str,
    }
    parts: list[str] = []
    for column, named in names.items():
        known = inventory[column].unique().sort().to_list()
        more = f" … (+{len(known) - SHOWN_CHOICES})" if len(known) > SHOWN_CHOICES else ""
        parts.append(("、" if lang == "zh" else ", ").join(named(word) for word in known[:SHOWN_CHOICES]) + more)
    return "; ".join(parts)


def formula_line(explained: CellExplained) -> str:
    """The cell as one line of arithmetic, units included: 1026300 t × 3.093819 t/t = 3175186.4397 t CO2."""
    gas, mass = explained.cell["gas"], plain(explained.cell["mass_t"])
    terms = [f"{plain(p.quantity)} {p.unit} × {plain(p.factor)} t/{p.unit}" for p in explained.postings]
    joined = terms[0] if len(terms) == 1 else " + ".join(f"({term})" for term in terms)
    return f"{joined} = {mass} t {gas}"
