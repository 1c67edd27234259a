"""The keeper: starts the worker, starts another when it dies, and ends with its parent. Nothing else, so that it does not die itself."""

import os
import signal
import subprocess
import sys
from threading import Event

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 2
"""Between the end of one worker and the start of the next: what ended it may pass."""
PATIENCE_SECONDS = 20
"""For a worker to finish what it is at; afterwards it is killed, and its lease lets another one try."""


def main() -> None:
    """Keep one worker at work until told to stop, or until the parent is gone."""
    stop, parent = Event(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def is_over() -> bool:
        return stop.is_set() or os.getppid() != parent

    while not is_over():
        with subprocess.Popen([sys.executable, "-m", "governance.jobs.worker"]) as worker:
            while worker.poll() is None and not is_over():
                stop.wait(LOOK_SECONDS)
            end(worker, PATIENCE_SECONDS)
        if not is_over():
            sys.stderr.write("The worker ended; another one starts.\n")
            stop.wait(PAUSE_SECONDS)


def end(process: "subprocess.Popen[bytes]", patience: float) -> None:
    """Ask a process to end, and make it end when it takes too long."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
