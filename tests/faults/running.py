"""A writer at work, and `strace` beside it: to look at its system calls, to kill it at one of them, or to let one fail."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sqlalchemy import URL

from governance.paths import PACKAGE
from tests.faults import writer

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.running", "tests.faults.warm"])

SET_PTRACER, ANYBODY = 0x59616D61, ctypes.c_ulong(-1)
CALLS = ("fdatasync", "pwrite64")
"""What SQLite changes its files with."""


@dataclass
class Said:
    """What a writer said before it ended, and how it ended."""

    done: list[tuple[int, str]] = field(default_factory=list)
    """The last leaf of each acknowledged act: index and hash."""
    refused: list[str] = field(default_factory=list)
    ended: int | None = None
    """As `Process.exitcode`: minus the signal that killed it."""

    def take(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "done":
            assert not self.failed, f"acknowledged after the disk had failed: {line}"
            index, hashed = rest.split()
            self.done.append((int(index), hashed))
        else:
            self.refused.append(rest)

    @property
    def failed(self) -> bool:
        return any(why.startswith("LedgerFailed") for why in self.refused)


@dataclass
class Writer:
    """A process that waits for the word to begin."""

    process: "ForkServerProcess"
    line: Connection
    said: Said = field(default_factory=Said)

    def begin(self) -> None:
        self.line.send_bytes(b"begin")

    def hear(self) -> bool:
        """Take its next line; False once it has ended."""
        try:
            self.said.take(self.line.recv_bytes().decode())
        except (EOFError, ConnectionResetError):
            return False
        return True

    def listen(self) -> Said:
        """Hear it out."""
        while self.hear():
            pass
        self.process.join()
        self.said.ended = self.process.exitcode
        return self.said


@contextmanager
def waiting(folder: Path, database: URL | None = None, events: int = writer.ROUND, **options: object) -> Iterator[Writer]:
    """`options` are those of `writer.write`, and `largest`: the bytes that a file may have at most."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_in_fork, args=(theirs, folder, database, events, options))
    process.start()
    theirs.close()
    try:
        yield Writer(process, ours)
    finally:
        process.kill()
        process.join()
        ours.close()


def _in_fork(line: Connection, folder: Path, database: URL | None, events: int, options: dict[str, object]) -> None:
    ctypes.CDLL(None).prctl(SET_PTRACER, ANYBODY, 0, 0, 0)  # some systems let only ancestors trace
    if largest := options.pop("largest", None):
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))  # type: ignore[arg-type, type-var] # a number where it is given
    writer.in_fork(line, folder, database, events, options)


def traced(options: list[str], folder: Path, events: int = writer.ROUND, **more: object) -> Said:
    """Let a writer do its work under `strace` with these options."""
    with waiting(folder, None, events, **more) as found, _attached(found.process.pid, options):
        found.begin()
        return found.listen()


@contextmanager
def _attached(pid: int | None, options: list[str]) -> Iterator[IO[str]]:
    """What it says, unless the options send that elsewhere."""
    words = ["strace", "-f", *options, "-p", str(pid)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"}) as strace:
        assert strace.stderr is not None
        first = strace.stderr.readline()
        assert "attached" in first, f"strace may not look at other processes here: {first}"
        try:
            yield strace.stderr
        finally:
            strace.terminate()
            strace.communicate()


def injected(call: str, fault: str, when: int | str, folder: Path, events: int = writer.ROUND, **more: object) -> Said:
    """The same with one fault: at the `when`-th of these calls, from 1 on (`N+`: at that one and all that follow)."""
    quiet = ["-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}"]
    return traced(quiet, folder, events, **more)


def stopped(folder: Path, events: int = writer.ROUND) -> Iterator[Said]:
    """A whole run that stands still after each of the calls, with what it had said until then; it goes on with the next one.

    The files are then what SIGKILL leaves at the next call: that call is not made, and a kill takes nothing from what the kernel holds.
    """
    options = ["-e", f"trace={','.join(CALLS)}", *(word for call in CALLS for word in ("-e", f"inject={call}:signal=SIGSTOP"))]
    with waiting(folder, None, events) as found, _attached(found.process.pid, options) as trace:
        found.begin()
        for line in trace:
            if line.endswith("--- stopped by SIGSTOP ---\n"):
                while found.line.poll() and found.hear():
                    pass
                yield found.said
                os.kill(found.process.pid or 0, signal.SIGCONT)
        yield found.listen()


def calls_of(
    folder: Path, trace: Path, events: int = writer.ROUND, calls: tuple[str, ...] = CALLS, **more: object
) -> tuple[Said, list[str]]:
    """A whole run, and its calls with the names of the files, in order."""
    said = traced(["-y", "-s", "16", "-o", str(trace), "-e", f"trace={','.join(calls)}"], folder, events, **more)
    lines = [line.split(maxsplit=1)[1] for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()]
    return said, [line for line in lines if line.startswith(calls)]


def started(folder: Path, events: int) -> Said:
    """A whole run of the program as the command line starts it."""
    words = [sys.executable, "-m", "tests.faults.writer", str(folder), str(events)]
    ran = subprocess.run(words, cwd=PACKAGE.parent, capture_output=True, text=True, timeout=60, check=False)
    said = Said(ended=ran.returncode)
    for line in ran.stdout.splitlines():
        said.take(line)
    return said
