"""Work that is done a little ahead of whoever takes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def ahead(pool: ThreadPoolExecutor, work: Callable[[Given], Made], given: Iterable[Given], most: int) -> Iterator[Made]:
    """What is made of each thing, in their order; at most so many are under way, and none is kept once it is taken.

    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(ahead(pool, abs, [-3, 2, -1], 2))
    [3, 2, 1]
    """
    to_come = (pool.submit(work, one) for one in given)
    under_way = deque(islice(to_come, most))
    while under_way:
        yield under_way.popleft().result()
        under_way.extend(islice(to_come, 1))
