"""What an import would do to every row: read only, and the same whether it is previewed or carried out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import Problem
from governance.domain.importing import Account, Outcome, Row, RowSays, collisions, row_id, short, stated
from governance.domain.policy import Policy
from governance.domain.text import fold
from governance.domain.tiering import Answers
from governance.domain.vocabulary import OPEN_STATES, Stage
from governance.models import accounts
from governance.models.answers import Answer
from governance.models.directory import Person
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, Tiering
from governance.models.moving_in import SourceRow
from governance.policy.assess import assess_initiative
from governance.policy.mapping import ImportMapping
from governance.reads import people

One = TypeVar("One")

Watch: TypeAlias = Callable[[Sequence[One]], Iterable[One]]
"""Goes through rows, of a file or of what is carried out; a door may show how far it is."""

TOGETHER = 500
PREFIXES = {"question": "questions", "statement": "statements", "fact": "asked"}


@dataclass(frozen=True, slots=True)
class Directory:
    """Who and what a row may name."""

    units: Mapping[str, str]
    by_word: Mapping[str, str | None]  # ids by id, e-mail and name, folded; None where a name is not the only one
    lead: str  # of rows that name nobody


@dataclass(frozen=True, slots=True)
class Known:
    """An initiative that came from this source before, as it stands."""

    source: SourceRow
    initiative: Initiative
    tiering: Tiering | None
    answers: Mapping[str, Answer]
    open_request: str | None


def account(
    session: Session,
    by: str,
    mapping: ImportMapping,
    policy: Policy,
    rows: Sequence[RowSays],
    blank: int,
    lead: str = "",
    watch: Watch[RowSays] = iter,
) -> Account:
    """What becomes of every row, in the order of the file. `lead` leads what the file names nobody for; `watch` goes through the rows."""
    directory = Directory(people.units(session), _words(session), lead)
    same = collisions(rows, mapping.id)
    known = _known(session, mapping.id)
    found = []
    for says in watch(rows):
        source = known.get(row_id(mapping.id, says.key))
        row = _new(says, directory) if source is None else _again(says, source, directory)
        found.append(_decided(row, by, same.get(says.line), policy, directory, mapping))
    here = {row_id(mapping.id, says.key) for says in rows}
    return Account(tuple(found), _new_units(found, directory), blank, len(known.keys() - here), policy.digest)


def _decided(row: Row, by: str, same: str | None, policy: Policy, directory: Directory, mapping: ImportMapping) -> Row:
    """The row, refused where anything speaks against it."""
    why = [*row.says.faults, *row.why]
    if same is not None:
        why.append(f"Its key stands in line {same} too: none of them is taken.")
    if not why and row.outcome is not Outcome.UNCHANGED:
        why += _against(row, by, policy, directory, mapping)
    return replace(row, outcome=Outcome.REFUSED, why=tuple(why), changed=()) if why else row


def _against(row: Row, by: str, policy: Policy, directory: Directory, mapping: ImportMapping) -> Iterator[str]:
    says = row.says
    if says.unit not in directory.units and not mapping.initiative.unit.create:
        yield f"There is no unit “{says.unit}” here."
    if row.initiative is None and row.lead == by and says.stage is not Stage.PILOT:
        yield "You would lead it, so another compliance officer has to bring it in."
    if says.questions or says.statements or says.asked:
        answers = Answers(questions=says.questions, statements=says.statements, asked=says.asked)
        yield from (problem.message for problem in _contradictions(policy, answers))


def _contradictions(policy: Policy, answers: Answers) -> Sequence[Problem]:
    return assess_initiative(policy, answers).contradictions


def _new(says: RowSays, directory: Directory) -> Row:
    lead, why = _lead(says, directory)
    return Row(says, Outcome.IMPORTED, None, lead, _stated(says, lead), why=why)


def _again(says: RowSays, known: Known, directory: Directory) -> Row:
    """A row that was imported before: unchanged, or updated in what changed in the file and in nothing that changed here."""
    lead, why = _lead(says, directory) if says.lead else (known.initiative.lead_id, ())
    now, before = _stated(says, lead), known.source.stated
    row = Row(says, Outcome.UNCHANGED, known.initiative.key, lead, now, why=why)
    changed = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
    if why or not changed:
        return row
    against = tuple(_moved(known, now, changed))
    return replace(row, outcome=Outcome.UPDATED, changed=tuple(changed), why=against)


def _moved(known: Known, now: Mapping[str, str], changed: Sequence[str]) -> Iterator[str]:
    """Why what changed in the file cannot be taken over."""
    before, row = known.source.stated, known.initiative
    if known.open_request is not None:
        yield f"Request {known.open_request} is open: what changed in the file has to be changed here."
    if {"stage", "since"} & set(changed):
        stage = f"from {before.get('stage')} to {now.get('stage')}" if "stage" in changed else "since when"
        yield f"Its stage changed in the file ({stage}): here a stage changes only through a gate."
    here = {"name": short(row.name), "summary": short(row.summary), "unit": row.unit_id, "lead": row.lead_id}
    for name in (name for name in here if name in changed and name in before):
        if before[name] != here[name]:
            yield f"Its {name} was changed here since the last import."
    yield from _answered(known, changed)
    if any(name.split()[0] in PREFIXES for name in changed) and not _is_as_imported(known.tiering, before):
        yield "Its tiering questions were answered here since the last import."


def _answered(known: Known, changed: Sequence[str]) -> Iterator[str]:
    for name in changed:
        kind, _, item = name.partition(" ")
        if kind != "answer":
            continue
        answer = known.answers.get(item)
        if (answer.claim.value if answer else None) != known.source.stated.get(name) or (answer and answer.evidence):
            yield f"Check {item} was answered here since the last import."


def _is_as_imported(row: Tiering | None, before: Mapping[str, str]) -> bool:
    """Whether the questionnaire stands as the last import left it."""
    said = {name: value for name, value in before.items() if name.split()[0] in PREFIXES}
    if row is None:
        return not said
    given = {f"question {name}": value for name, value in row.questions.items()}
    given |= {f"statement {name}": value for name, value in row.statements.items()}
    given |= {f"fact {name}": str(value).lower() if isinstance(value, bool) else value for name, value in row.asked.items()}
    return given == said


def _stated(says: RowSays, lead: str) -> dict[str, str]:
    return {**stated(says), **({"lead": lead} if says.lead else {})}


def _lead(says: RowSays, directory: Directory) -> tuple[str, tuple[str, ...]]:
    if not says.lead:
        return directory.lead, () if directory.lead else ("The file names nobody who leads it. Name somebody for such rows.",)
    found = directory.by_word.get(fold(says.lead), "")
    if found is None:
        return "", (f"Several people here are called “{says.lead}”. Write the short name or the address.",)
    return found, () if found else (f"Nobody who can sign in here is called “{says.lead}”.",)


def _words(session: Session) -> dict[str, str | None]:
    """Everybody who is active by their short name and address, and by their name where nobody else has it."""
    found: dict[str, str | None] = {}
    query = select(Person, accounts.Account.email).outerjoin(accounts.Account, accounts.Account.person_id == Person.id)
    rows = session.execute(query.where(Person.disabled_at.is_(None))).all()
    for person, _ in rows:
        found[person.folded] = None if person.folded in found else person.id
    for person, email in rows:
        found |= {word: person.id for word in (fold(email or ""), person.id) if word}
    return found


def _new_units(rows: Sequence[Row], directory: Directory) -> dict[str, str]:
    units: dict[str, str] = {}
    for row in rows:
        if row.outcome in (Outcome.IMPORTED, Outcome.UPDATED) and row.says.unit not in directory.units:
            units.setdefault(row.says.unit, row.says.unit_name)
    return units


def _known(session: Session, source: str) -> dict[str, Known]:
    """The initiatives that came from this source, by the id of their row."""
    rows = session.scalars(select(SourceRow).where(SourceRow.source == source)).all()
    found: dict[str, Known] = {}
    for start in range(0, len(rows), TOGETHER):
        some = {row.initiative_key: row for row in rows[start : start + TOGETHER]}
        found |= {known.source.id: known for known in _some(session, some)}
    return found


def _some(session: Session, rows: Mapping[str, SourceRow]) -> Iterator[Known]:
    tierings = {row.initiative_key: row for row in session.scalars(select(Tiering).where(Tiering.initiative_key.in_(rows)))}
    answers: dict[str, dict[str, Answer]] = {}
    for answer in session.scalars(select(Answer).where(Answer.initiative_key.in_(rows))):
        answers.setdefault(answer.initiative_key, {})[answer.item] = answer
    requests = select(GateRequest).where(GateRequest.initiative_key.in_(rows), GateRequest.state.in_(OPEN_STATES))
    opened = {row.initiative_key: row.id for row in session.scalars(requests)}
    for row in session.scalars(select(Initiative).where(Initiative.key.in_(rows))):
        yield Known(rows[row.key], row, tierings.get(row.key), answers.get(row.key, {}), opened.get(row.key))
