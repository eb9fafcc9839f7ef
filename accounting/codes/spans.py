"""The years for which something holds: open on a side of which nothing is said."""

from __future__ import annotations

OPEN = FIRST_YEAR, LAST_YEAR = 0, 9999


def span(since: int | None, until: int | None) -> tuple[int, int]:
    """The first and the last year.

    >>> span(2020, None), span(None, None) == OPEN
    ((2020, 9999), True)
    """
    return FIRST_YEAR if since is None else since, LAST_YEAR if until is None else until


def holds_in(year: int, since: int | None, until: int | None) -> bool:
    """Whether a year is within.

    >>> holds_in(2019, 2020, None), holds_in(2020, None, 2020)
    (False, True)
    """
    first, last = span(since, until)
    return first <= year <= last
