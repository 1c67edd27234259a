"""`governance serve` as a person starts it: with its worker, over a restart, and not where it must not."""

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from governance.storage import setup_code
from tests.cli.running import program, run


@dataclass
class Serving:
    """A running `serve`, what it said, and a visitor with a cookie jar."""

    process: "subprocess.Popen[str]"
    address: str
    said: list[str] = field(default_factory=list)
    visitor: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def get(self, path: str) -> str:
        with self.visitor.open(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, at: str, path: str, **fields: str) -> str:
        """Send a form of the page `at`, with the token that the page gave. Returns the page that follows."""
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get(at))
        assert token
        sent = urlencode({"csrf_token": token[1], **fields}).encode()
        with self.visitor.open(self.address + path, sent, timeout=30) as answer:
            return str(answer.read().decode())

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthz") == "ok\n"
        except URLError:
            return False


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Serving]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words, given = program(folder, "serve", PORT=port, **environment)
    with subprocess.Popen(words, env=given, stdout=subprocess.PIPE, text=True) as process:
        running = Serving(process, f"http://127.0.0.1:{port}")
        try:
            eventually(lambda: process.poll() is not None or running.is_healthy())
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            running.said += process.communicate(timeout=90)[0].splitlines()


def eventually(true: object, seconds: float = 120) -> None:
    """Wait for something to become true; how long it takes is not what is tested."""
    assert callable(true)
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not become true"
        time.sleep(0.1)


def entries_of(folder: Path) -> int:
    return int(run(folder, "log", "verify").stdout.split()[0].replace(",", ""))


def test_the_demo_is_served_and_what_was_done_is_there_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        assert "Look around as one of the demo people" in first.get("/sign-in")
        first.post("/sign-in", "/demo-sign-in", person="ruth.adler")
        page = first.post("/packs", "/packs", initiative="AI-0010")
        assert "The evidence pack is being made" in page or "Evidence report of AI-0010" in page
        eventually(lambda: "Evidence report of AI-0010" in first.get("/packs"))
    before = entries_of(tmp_path)

    with serving(tmp_path) as second:
        second.post("/sign-in", "/demo-sign-in", person="ruth.adler")
        assert "Evidence report of AI-0010" in second.get("/packs")

    assert entries_of(tmp_path) == before
    assert any(f"Governance is at {first.address}" in line for line in first.said)
    assert any("ines.okafor@nordhaven.example" in line for line in first.said)
    assert any("AI-0002 stops at" in line for line in first.said) and not any("stops at" in line for line in second.said)
    checked = run(tmp_path, "log", "replay", "--check")
    assert checked.returncode == 0 and checked.stdout.startswith("0 differences")


def test_an_instance_without_the_demo_begins_with_its_first_administrator(tmp_path: Path) -> None:
    with serving(tmp_path, DEMO="0") as empty:
        assert "first administrator" in empty.get("/")

    assert any("first administrator" in line for line in empty.said)
    assert entries_of(tmp_path) == 0


def test_an_empty_instance_on_the_network_is_for_whom_the_terminal_tells_the_code(tmp_path: Path) -> None:
    with serving(tmp_path, DEMO="0", GOVERNANCE_HOST="0.0.0.0") as empty:
        assert "Set-up code" in empty.get("/setup")

    [said] = [line for line in empty.said if "set-up code" in line]
    assert setup_code.fits(tmp_path, said.rpartition(" ")[2])
    assert any("Set GOVERNANCE_PUBLIC_ADDRESS" in line for line in empty.said)


def test_the_server_takes_its_worker_with_it(tmp_path: Path) -> None:
    with serving(tmp_path, DEMO="0") as empty:
        children = Path(f"/proc/{empty.process.pid}/task/{empty.process.pid}/children")
        eventually(lambda: children.read_text().split())
        started = [int(pid) for pid in children.read_text().split()]

    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


@pytest.mark.parametrize(("setting", "started"), [("1", True), ("0", False)])
def test_a_worker_is_started_unless_workers_run_elsewhere(tmp_path: Path, setting: str, started: bool) -> None:
    with serving(tmp_path, DEMO="0", GOVERNANCE_WORKER=setting) as running:
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
        keepers = [pid for pid in children if b"governance.jobs.keeper" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    assert len(keepers) == started
    assert any("governance worker" in line for line in running.said) is not started


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_demo_is_not_served_to_others(tmp_path: Path, host: str) -> None:
    answer = run(tmp_path, "serve", GOVERNANCE_HOST=host, PORT="48123")

    assert answer.returncode == 1
    assert "A demo instance is served on 127.0.0.1 only" in answer.stderr


def test_half_a_demo_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "demo-unfinished").touch()

    answer = run(tmp_path, "serve", DEMO="0", PORT="48124")

    assert answer.returncode == 1
    assert "interrupted" in answer.stderr and "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = run(tmp_path, "serve", DEMO="0", PORT=str(taken.getsockname()[1]))

    assert answer.returncode == 1
    assert "Choose another PORT or HOST." in answer.stderr
