"""Commands as a person types them: in this process, which is faster, or in one of their own, as they really start."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from governance.cli.main import main


def program(folder: Path, *words: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of a process of its own, as a person starts it."""
    unset = {"INSTANCE", "PORT", "DEMO", "DATABASE_URL"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOVERNANCE_") and name not in unset}
    given = {**kept, "GOVERNANCE_INSTANCE": str(folder), **environment}
    return [sys.executable, "-c", "from governance.cli.main import main; main()", *words], given


def started(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Its answer as a process of its own."""
    command, given = program(folder, *words, **environment)
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=False)


def run(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Its answer in this process."""
    _, given = program(folder, *words, **environment)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    line = ["governance", *words]
    with patch.dict(os.environ, given, clear=True), patch.object(sys, "argv", line), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return subprocess.CompletedProcess(line, int(code or 0), *(_text(stream) for stream in (out, err)))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()
