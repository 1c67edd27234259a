"""`governance serve` as a group of processes that is killed whole, and people at work in it who note what they were told."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.ledger.keys import KeyFile
from governance.models.accounts import Account
from governance.models.initiatives import Initiative
from governance.models.jobs import Job
from governance.models.ledger import Words
from governance.services import checkpoints
from governance.services.opening import ledger_of, open_engines
from tests.cli.running import program
from tests.faults import house, recovered, writer
from tests.web.browser import HASHED, PASSWORD

SEE_OTHER = 303
GONE = (URLError, HTTPException, OSError)
"""What a client sees of a server that was killed."""


class Wrong(Exception):
    """An answer that nobody should get."""


class AsTold(HTTPRedirectHandler):
    """The answer to a post is what counts, not the page that it leads to."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str) -> None:
        return None


@dataclass
class Noted:
    """What people were told is done, over all the starts."""

    initiatives: dict[str, str] = field(default_factory=dict)
    """Key and name."""
    findings: set[str] = field(default_factory=set)
    jobs: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.initiatives) + len(self.findings) + len(self.jobs)


@dataclass
class Visitor:
    address: str
    browser: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar()), AsTold))
    token: str = ""

    def get(self, path: str) -> str:
        with self.browser.open(self.address + path, timeout=30) as answer:
            text = str(answer.read().decode())
        if found := re.search(r'name="csrf_token"[^>]* value="([^"]+)"', text):
            self.token = found[1]
        return text

    def post(self, path: str, **typed: str) -> str:
        """Where the answer leads; anything but a success is a fault of the test."""
        sent = urlencode({"csrf_token": self.token, **typed}).encode()
        try:
            self.browser.open(self.address + path, sent, timeout=30)
        except HTTPError as answer:
            if answer.code != SEE_OTHER:
                raise Wrong(f"{path}: {answer.code} {answer.read().decode()[-2_000:]}") from None
            with answer:
                return str(answer.headers["Location"])
        raise Wrong(f"{path} was answered with a page instead of leading on")

    def sign_in(self, person: str) -> None:
        self.get("/sign-in")
        self.post("/sign-in", email=f"{person}@nordhaven.example", password=PASSWORD)


@dataclass
class Serving:
    process: "subprocess.Popen[bytes]"
    address: str

    def kill(self) -> None:
        """The server, its processes, the keeper and the worker, all at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def answers(self) -> bool:
        assert self.process.poll() is None, "it did not start without hands"
        try:
            return Visitor(self.address).get("/healthz") == "ok\n"
        except GONE:
            return False

    def first_answer(self) -> float:
        """Seconds that it took to the first one."""
        began = time.monotonic()
        while not self.answers():
            time.sleep(0.05)
            assert time.monotonic() - began < recovered.MOST_SECONDS, "it took too long to start"
        return time.monotonic() - began


@contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words, given = program(folder, "serve", PORT=port, DEMO="0")
    with subprocess.Popen(words, env=given, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        running = Serving(process, f"http://127.0.0.1:{port}")
        try:
            yield running
        finally:
            if process.poll() is None:
                running.kill()


def make(folder: Path) -> None:
    """The house, with passwords."""
    house.make(folder)
    engines = open_engines(folder)
    with Session(engines.writer) as session:
        for account in session.scalars(select(Account)):
            account.password = HASHED
        session.commit()
    engines.close()


def lead(address: str, noted: Noted, mark: str) -> None:
    """Asks for a report, then registers one initiative after the other."""
    visitor = Visitor(address)
    visitor.sign_in(writer.LEAD)
    visitor.get("/initiatives/new")
    noted.jobs.add(visitor.post("/packs", initiative=writer.FIRST).rpartition("/")[2])
    for number in range(10_000):
        what = {"name": f"Initiative {mark} {number}", "summary": "It scores what comes in.", "unit": "claims", "lead": writer.LEAD}
        leads_to = visitor.post("/initiatives/new", visibility="organisation", **what)
        noted.initiatives[leads_to.split("/")[-2]] = what["name"]


def reviewer(address: str, noted: Noted, mark: str) -> None:
    """Raises one finding after the other."""
    visitor, path = Visitor(address), f"/initiatives/{writer.FIRST}/findings"
    visitor.sign_in(writer.REVIEWER)
    visitor.get(path)
    for number in range(10_000):
        words = f"Finding {mark} {number}"
        visitor.post(path, finding=words, severity="low", owner=writer.LEAD)
        noted.findings.add(words)


@dataclass
class AtWork:
    """Both of them, until the server is gone."""

    address: str
    noted: Noted
    mark: str
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def at_it(self) -> Iterator[None]:
        """Leave this only when the server is gone."""
        threads = [Thread(target=self._do, args=(what,)) for what in (lead, reviewer)]
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join()

    def _do(self, what: Callable[[str, Noted, str], None]) -> None:
        try:
            what(self.address, self.noted, self.mark)
        except (HTTPError, Wrong) as wrong:
            self.wrong.append(str(wrong))
        except GONE:
            return


def check(folder: Path, noted: Noted) -> None:
    """What people were told is there; the ledger, its signed heads and the tables hold; and a head can be signed."""
    recovered.check(folder, [])
    engines = open_engines(folder)
    with Session(engines.reader) as session:
        assert noted.initiatives.items() <= dict(session.execute(select(Initiative.key, Initiative.name)).all()).items()
        assert noted.jobs <= set(session.scalars(select(Job.id)))
        assert noted.findings <= set(session.scalars(select(Words.text)))
    assert checkpoints.sign(ledger_of(engines), KeyFile(folder / "checkpoint-key"), datetime.now(UTC))
    engines.close()
