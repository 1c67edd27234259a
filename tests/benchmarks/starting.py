"""From nothing to the first page, and the memory of what runs then."""

import re
import time
from pathlib import Path

from tests.benchmarks.table import heading, row
from tests.cli.test_serve import serving

MB = 1024


def main(folder: Path) -> None:
    heading("Starting")
    start = time.perf_counter()
    with serving(folder) as running:
        first = time.perf_counter() - start
        row("from an empty folder to the first page, with the demo", f"{first:.1f} s", "loading the demo portfolio")
        for _ in range(50):
            running.get("/sign-in")
        for pid, what in sorted(processes(running.process.pid).items()):
            row(f"memory of {what}", f"{resident(pid) / MB:,.0f} MB", "aim at most 200 MB for each")


def processes(parent: int) -> dict[int, str]:
    """Every process below one, by what it runs."""
    found = {parent: "the server, first process"}
    for child in children(parent):
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found[child] = next((word for word in words if word.startswith("governance.")), "a process that answers requests")
        found |= {below: what for below, what in processes(child).items() if below != child}
    return found


def children(parent: int) -> list[int]:
    return [int(word) for thread in Path(f"/proc/{parent}/task").iterdir() for word in (thread / "children").read_text().split()]


def resident(pid: int) -> int:
    """In kB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0
