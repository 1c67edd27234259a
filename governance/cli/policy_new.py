"""`governance policy new`: the first folder of a policy, from a spreadsheet of questions or from the shipped start."""

from pathlib import Path

import click

from governance.cli.main import shortened
from governance.domain.errors import Conflict, RuleBroken
from governance.domain.table import read_table
from governance.paths import policies_directory
from governance.policy.loader import parse_policy
from governance.policy.sheet import policy_from

STARTER = "starter"
LARGEST = 10_000_000
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--from", "sheet", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A spreadsheet of questions, as CSV.")
@click.option("--encoding", type=click.Choice(["utf-8", "utf-16", "cp1252", "latin-1"]), default="utf-8", help="Of the spreadsheet.")
@click.option("--delimiter", type=click.Choice([*DELIMITERS]), default="comma", help="What stands between its columns.")
@click.option("--ignore", multiple=True, metavar="COLUMN", help="Leave a column out; may be given several times.")
@click.option("--title", help="What the policy is called; the name of the folder where this says nothing.")
def new(folder: Path, sheet: Path | None, encoding: str, delimiter: str, ignore: tuple[str, ...], title: str | None) -> None:
    """Write a first policy into a new folder.

    Each row of the spreadsheet is a check: its columns “question”, “gate” and “owner” are needed, and others say more. What
    stands under “looks at” is a box that the seat of the owner ticks before deciding; a row with it and no question is only that.
    All columns are in docs/policy-authors.md.
    """
    starter = policies_directory() / STARTER
    chosen = sheet or starter / "questions.csv"
    if chosen.stat().st_size > LARGEST:
        raise RuleBroken(f"The file is larger than {LARGEST // 1_000_000} MB. Split it.")
    table = read_table(chosen.read_bytes(), encoding if sheet else "utf-8", DELIMITERS[delimiter] if sheet else ",")
    called = " ".join((title or folder.resolve().name.replace("-", " ").replace("_", " ")).split())[:200] or "First policy"
    texts = policy_from((starter / "base.yaml").read_text(encoding="utf-8"), table, called, chosen.name, ignore)
    policy = parse_policy(texts)
    _write(folder, texts)
    items = sum(len(gate.items) for gate in policy.gates.values())
    boxes = sum(len(seat.looks_at) for gate in policy.gates.values() for seat in gate.seats)
    ticked = f" Seats tick {boxes} boxes before deciding." if boxes else ""
    click.echo(f"{shortened(str(folder))}: {policy.title} {policy.version}, {items} checks at {len(policy.gates)} gates.{ticked}")
    click.echo(f"What the sheet did not say is marked “default”. Next: governance policy check {shortened(str(folder))}")


def _write(folder: Path, texts: dict[str, str]) -> None:
    """Into a folder that is not there yet, or empty. Nothing is ever overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{shortened(str(folder))} is there already and not empty. Name a new folder; nothing was written.")
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
