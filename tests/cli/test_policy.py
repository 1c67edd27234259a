"""`governance policy propose`, `proposals`, `publish` and `export`: two people with their passwords, and the same bytes back."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import select

from governance.ledger import rebuild
from governance.ledger.log import SYSTEM
from governance.ledger.read import entries
from governance.ledger.verify import verify
from governance.models.accounts import Account
from governance.paths import policies_directory
from governance.policy.loader import digest_of, load_policy
from governance.services.opening import ledger_of, open_engines
from tests.cli.running import run, started
from tests.services.conftest import House, found
from tests.web.browser import HASHED, PASSWORD

SHIPPED = policies_directory() / "stage-gates"
OLD = digest_of(load_policy(SHIPPED).texts)
REASON = "The audit asked for it."


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """The cast, with passwords, under the shipped policy."""
    folder = tmp_path / "instance"
    engines = open_engines(folder, synchronous="OFF")
    found(ledger_of(engines))
    with ledger_of(engines).writing(SYSTEM, House(ledger_of(engines)).now) as log:
        for account in log.session.scalars(select(Account)):
            account.password = HASHED
    engines.close()
    return folder


@pytest.fixture
def house(instance: Path) -> Iterator[House]:
    engines = open_engines(instance, synchronous="OFF")
    yield House(ledger_of(engines))
    engines.close()


@pytest.fixture
def looser(tmp_path: Path) -> Path:
    folder = Path(copytree(SHIPPED, tmp_path / "policy"))
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text(
        text.replace('version: "1.0.0"', 'version: "1.1.0"').replace("low: 90, medium: 60", "low: 120, medium: 60"), encoding="utf-8"
    )
    return folder


Answer = subprocess.CompletedProcess[str]


@pytest.fixture
def ask(instance: Path, monkeypatch: pytest.MonkeyPatch) -> "Ask":
    return Ask(instance, monkeypatch)


class Ask:
    """Commands of people who type, or pipe in, a password."""

    def __init__(self, instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instance, self.monkeypatch = instance, monkeypatch

    def __call__(self, *words: str, password: str = PASSWORD) -> Answer:
        self.monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return run(self.instance, "policy", *words)

    def propose(self, folder: Path, by: str = "second", password: str = PASSWORD) -> Answer:
        return self("propose", str(folder), "--reason", REASON, "--by", by, password=password)


def kinds(house: House) -> list[str]:
    with house.read() as session:
        return [entry.kind for entry in entries(session, limit=None)]


def test_two_people_put_a_policy_in_force_each_with_their_password(ask: Ask, looser: Path, house: House) -> None:
    answer = ask.propose(looser)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "P-1: Stage gates for AI initiatives 1.1.0 is proposed. Aoife can decide on it.\n"
    assert "P-1" in ask("proposals").stdout and REASON in ask("proposals").stdout

    answer = ask("publish", "P-1", "--by", "aoife")

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"Stage gates for AI initiatives 1.1.0 is in force: {digest_of(load_policy(looser).texts)}\n"
    assert "proposed by Second: The audit asked for it." in answer.stderr
    assert "Warning: " in answer.stderr and "nobody who can sign in is a reviewer for compliance with the qualification" in answer.stderr
    assert "Against 1.0.0" in answer.stderr and "0 stricter, 1 looser, 1 neither, 0 unclear." in answer.stderr
    with house.read() as session:
        last, first = entries(session, limit=2)
        assert verify(session).problems == () and rebuild.check(session) == []
    for entry, kind, who in ((first, "policy.proposed", "second"), (last, "policy.published", "aoife")):
        assert (entry.kind, entry.actor) == (kind, who)
        assert (entry.header["auth"]["method"], entry.header["auth"]["via"]) == ("password", "cli")
        assert "compliance" in entry.header["actor"]["functions"]
    assert ask("proposals").stdout == "" and "Published" in ask("proposals", "--all").stdout


@pytest.mark.parametrize("password", ["", "wrong harbour otters 41", PASSWORD + " "])
def test_a_wrong_password_does_nothing_and_is_counted(ask: Ask, looser: Path, house: House, password: str) -> None:
    ask.propose(looser)
    before = kinds(house)

    for answer in (ask.propose(SHIPPED, password=password), ask("publish", "P-1", "--by", "aoife", password=password)):
        assert answer.returncode == 1 and answer.stderr.endswith("Nothing was changed.\n")

    assert kinds(house) == before
    with house.read() as session:
        assert [session.get_one(Account, who).failures for who in ("second", "aoife")] == [1, 1]


def test_the_fifth_wrong_password_locks_and_then_the_right_one_does_not_do(ask: Ask, looser: Path, house: House) -> None:
    ask.propose(looser)
    for _ in range(5):
        ask("publish", "P-1", "--by", "aoife", password="wrong")

    assert kinds(house)[0] == "person.locked"
    assert ask("publish", "P-1", "--by", "aoife").returncode == 1
    assert "policy.published" not in kinds(house)[:3]


def test_nobody_publishes_their_own_whatever_the_door(ask: Ask, looser: Path) -> None:
    ask.propose(looser)
    answer = ask("publish", "P-1", "--by", "second")

    assert answer.returncode == 1 and "You proposed this. Another compliance officer decides on it." in answer.stderr


def test_only_an_officer_does_either_and_is_not_asked_for_a_password_first(instance: Path, looser: Path) -> None:
    for words in (["propose", str(looser), "--reason", REASON], ["publish", "P-1"]):
        answer = started(instance, "policy", *words, "--by", "lena")
        assert answer.returncode == 1 and ("compliance officer" in answer.stderr or "no such proposal" in answer.stderr)


def test_a_faulty_policy_is_told_with_every_fault(ask: Ask, looser: Path, house: House) -> None:
    for name in ("G1", "G2"):
        file = looser / "gates" / f"{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("owner: compliance", "owner: complience", 1), encoding="utf-8")

    answer = ask.propose(looser)

    assert answer.returncode == 1 and answer.stderr.count("did you mean “compliance”?") == 2
    assert "policy.proposed" not in kinds(house)


def test_what_is_in_force_comes_back_byte_for_byte_and_checks(ask: Ask, looser: Path, tmp_path: Path) -> None:
    ask.propose(looser)
    ask("publish", "P-1", "--by", "aoife")
    for name, version in {"one": "1.1.0", "two": "current", "old": "1.0.0"}.items():
        answer = ask("export", str(tmp_path / name), "--version", version)
        assert answer.returncode == 0, answer.stderr
        assert ask("check", str(tmp_path / name), "--strict").returncode == 0

    assert load_policy(tmp_path / "one").texts == load_policy(tmp_path / "two").texts == load_policy(looser).texts
    assert {file.relative_to(tmp_path / "old"): file.read_bytes() for file in (tmp_path / "old").rglob("*.yaml")} == {
        file.relative_to(SHIPPED): file.read_bytes() for file in SHIPPED.rglob("*.yaml") if "tests" not in file.parts
    }
    assert digest_of(load_policy(tmp_path / "old").texts) == OLD


def test_nothing_is_overwritten_unless_that_is_said(ask: Ask, looser: Path) -> None:
    """The folder of an author: the policy, its tests, and what git keeps there."""
    (looser / ".git").mkdir()
    (looser / ".git" / "HEAD").write_text("ref: x\n")
    before = (looser / "policy.yaml").read_bytes()
    answer = ask("export", str(looser))
    assert answer.returncode == 1 and answer.stderr.startswith("policy.yaml in ") and "--overwrite" in answer.stderr
    assert (looser / "policy.yaml").read_bytes() == before

    assert ask("export", str(looser), "--overwrite").returncode == 0
    assert (looser / "policy.yaml").read_bytes() == (SHIPPED / "policy.yaml").read_bytes()
    assert (looser / "tests" / "G1.yaml").exists() and (looser / ".git" / "HEAD").exists()
    assert ask("export", str(looser)).returncode == 0


@pytest.mark.parametrize("name", ["gates/G9.yaml", "notes.txt", ".more.yaml", "gates/G9.yml"])
def test_a_folder_with_anything_else_in_it_is_refused(ask: Ask, looser: Path, name: str) -> None:
    (looser / name).write_text("x: 1\n")
    for words in ((), ("--overwrite",)):
        answer = ask("export", str(looser), *words)
        assert answer.returncode == 1 and name in answer.stderr and "Nothing was written" in answer.stderr
    assert "1.1.0" in (looser / "policy.yaml").read_text(encoding="utf-8")


def test_no_link_leads_out_of_the_folder(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "gates").symlink_to(tmp_path / "elsewhere")

    answer = ask("export", str(tmp_path / "folder"), "--overwrite")

    assert answer.returncode == 1 and "would not be written inside" in answer.stderr
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_version_that_never_was_is_not_exported(ask: Ask, tmp_path: Path) -> None:
    answer = ask("export", str(tmp_path / "folder"), "--version", "9.9")

    assert answer.returncode == 1 and "No policy was ever published under this name." in answer.stderr
    assert not (tmp_path / "folder").exists()
