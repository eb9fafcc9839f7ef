"""What one sheet gave: the common answer of every layout reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from accounting.ingest.counts import Counted


@dataclass(frozen=True, slots=True)
class Reading:
    """Activity rows and refusals of one sheet, with the account of its cells.

    `read` counts the cells (or table rows) that carry a value; each is accepted, rejected, a subtotal that only
    serves checks, or set aside (a 标准量 sheet beside its 实物量 sheet). Transfers are Activity rows made beside the
    reported one (non-energy use). `counts` are values read otherwise than written, findings once the file is read
    whole. read = accepted + rejected + subtotals + set_aside, and
    accepted + transfers = rows of `activity`.
    """

    layout: str
    activity: pl.DataFrame
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    subtotals: int = 0
    set_aside: int = 0
    transfers: int = 0
