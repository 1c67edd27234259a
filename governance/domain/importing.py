"""Rows that become initiatives: what a row says once it is mapped, and what an import makes of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from governance.domain.questionnaire import FactValue
from governance.domain.text import fold
from governance.domain.vocabulary import AnswerState, Stage

LONGEST_STATED = 200
MOST_NAMED = 3
"""Lines that a row names of those that share its key; the others are counted."""

LARGEST_ACCOUNT = 128 * 1024 * 1024
LARGEST_PRESSED = 24 * 1024 * 1024
"""Bytes of an account as it is kept, unpacked and packed: with its file and mapping it has to fit into a line of a backup."""


class Outcome(StrEnum):
    """What an import makes of a row."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ImportState(StrEnum):
    """How far an import is that somebody handed over on the page."""

    BEING_READ = "being_read"
    PREVIEWED = "previewed"
    UNDER_WAY = "under_way"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a practice answer amounts to here, and the words it was given in."""

    state: AnswerState
    words: str


@dataclass(frozen=True, slots=True)
class RowSays:
    """A row as the mapping reads it. `faults` say why it cannot be taken; `notes` what a reader should know of it."""

    line: int
    key: tuple[str, ...]
    name: str = ""
    summary: str = ""
    unit: str = ""
    unit_name: str = ""
    lead: str = ""  # as the file names somebody; empty where it names nobody
    stage: Stage = Stage.PILOT
    since: date | None = None  # of a stage beyond the pilot
    answers: Mapping[str, Claim] = field(default_factory=dict)  # by item
    questions: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, FactValue] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the account of an import."""

    says: RowSays
    outcome: Outcome
    initiative: str | None = None  # its key, where there is one already
    lead: str = ""  # the id
    stated: Mapping[str, str] = field(default_factory=dict)  # what the next import compares with
    changed: tuple[str, ...] = ()  # which fields, of an updated row
    why: tuple[str, ...] = ()  # of a refused row

    @property
    def told(self) -> str:
        """What there is to say of it besides its outcome."""
        return " ".join([*self.why, *([f"Changed: {', '.join(self.changed)}."] if self.changed else []), *self.says.notes])

    @property
    def in_short(self) -> "Row":
        """Where it stands in the file, what became of it, and what there is to say of it."""
        says = self.says
        short = RowSays(says.line, says.key, says.name, stage=says.stage, since=says.since, notes=says.notes)
        return Row(short, self.outcome, self.initiative, changed=self.changed, why=self.why)


@dataclass(frozen=True, slots=True)
class Account:
    """Every row of a file, and what becomes of it."""

    rows: tuple[Row, ...]
    new_units: Mapping[str, str]  # names by id, in the order of the file
    blank: int
    gone: int = 0  # initiatives that came from this source and stand in no row any more
    policy: str = ""  # the digest of the one in force: answers are judged by it, and entries name it

    def counted(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def in_short(self) -> "Account":
        """What a page says of it once it is carried out; everything else is in the ledger and in the file that its entries name."""
        return Account(tuple(row.in_short for row in self.rows), {}, self.blank, self.gone, self.policy)

    @property
    def digest(self) -> str:
        """What was previewed, and by which policy, so that exactly that is confirmed."""
        told = [(row.says.line, row.outcome, row.initiative, row.lead, dict(row.stated), row.changed, row.why) for row in self.rows]
        return hashlib.sha256(json.dumps([told, dict(self.new_units), self.policy], ensure_ascii=True).encode()).hexdigest()


def row_id(source: str, key: Sequence[str]) -> str:
    """What a second import finds a row by: the source and the folded values of its key columns."""
    return hashlib.sha256(json.dumps([source, *map(fold, key)], ensure_ascii=True).encode()).hexdigest()


def stated(says: RowSays) -> dict[str, str]:
    """What a row says, by field, for comparing: long texts by their digest. Who leads is only said where the row names somebody."""
    found = {"name": says.name, "summary": says.summary, "unit": says.unit, "stage": says.stage.value}
    found |= {"since": says.since.isoformat()} if says.since else {}
    found |= {f"answer {item}": claim.state.value for item, claim in says.answers.items()}
    found |= {f"question {name}": value for name, value in says.questions.items()}
    found |= {f"statement {name}": value for name, value in says.statements.items()}
    found |= {f"fact {name}": str(value).lower() if isinstance(value, bool) else value for name, value in says.asked.items()}
    return {name: short(text) for name, text in found.items()}


def short(text: str) -> str:
    return text if len(text) <= LONGEST_STATED else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def collisions(rows: Sequence[RowSays], source: str) -> Mapping[int, str]:
    """The rows that share a key, by line: a few of the other lines, and how many more. They are refused, never merged."""
    lines: dict[str, list[int]] = {}
    for row in rows:
        if any(row.key):
            lines.setdefault(row_id(source, row.key), []).append(row.line)
    return {line: _others(line, same) for same in lines.values() if len(same) > 1 for line in same}


def _others(line: int, same: Sequence[int]) -> str:
    """Without looking at all of them: a whole file may share one key."""
    named = [other for other in same[: MOST_NAMED + 1] if other != line][:MOST_NAMED]
    more = len(same) - 1 - len(named)
    return ", ".join(f"{other:,}" for other in named) + (f" and {more:,} more" if more else "")
