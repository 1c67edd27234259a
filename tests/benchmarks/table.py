"""The table that `make bench` prints: what was measured, its figure, what stands beside it, and what limits it."""

import time
from collections.abc import Callable


def heading(title: str) -> None:
    print(f"\n{title}\n{'-' * len(title)}")


def row(what: str, measured: str, beside: str = "") -> None:
    print(f"{what:<62} {measured:>20}   {beside}", flush=True)


def per_second(do: Callable[[], object], count: int) -> float:
    """How many a second, where doing it is `count` of them."""
    start = time.perf_counter()
    do()
    return count / (time.perf_counter() - start)


def ratio(ours: float, theirs: float, aim: float, limit: str) -> str:
    """“0.12 of it (aim 0.10): …” with what limits it."""
    return f"{ours / theirs:.3f} of it (aim {aim:.2f}): {limit}"
