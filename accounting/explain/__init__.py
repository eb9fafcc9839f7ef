"""Floor 4: the way of a number, backwards.

place: which number · cells: what stands behind it · wording: as text for people, zh and en · arithmetic: a printed
line computed again. Postings are a definition, not a file: those of the cells asked about are computed here.
"""

from accounting.explain.arithmetic import Recomputed, recomputed
from accounting.explain.cells import CellExplained, Explanation, Posting, explained, formula_line
from accounting.explain.place import Place, place_of
from accounting.explain.wording import explanation_text

__all__ = [
    "CellExplained",
    "Explanation",
    "Place",
    "Posting",
    "Recomputed",
    "explained",
    "explanation_text",
    "formula_line",
    "place_of",
    "recomputed",
]
