"""Importing a spreadsheet: exactly what was previewed, all of it in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from governance.domain.confirming import check_confirmed
from governance.domain.importing import Account, Outcome, Row, row_id
from governance.domain.tiering import Answers
from governance.domain.vocabulary import Stage, Standing, Tier
from governance.events import streams
from governance.events.answers import ItemAnswered
from governance.events.directory import UnitOpened
from governance.events.initiatives import Described, Registered, StandingChanged, TieringAnswered
from governance.events.moving_in import BroughtIn, Imported
from governance.ledger.book import Event
from governance.ledger.log import SYSTEM, Log
from governance.models.initiatives import Initiative
from governance.policy.assess import assess_initiative
from governance.reads import previews, standings
from governance.reads.importing import Watch
from governance.reads.keys import key_of, next_number
from governance.reads.previews import Preview, Source

TOGETHER = 200
"""Rows whose events are recorded at once."""

TEXTS = frozenset({"name", "summary", "unit", "lead"})


def carry_out(
    log: Log,
    source: Source,
    *,
    partial: bool = False,
    expected: str | None = None,
    checked: Preview | None = None,
    watch: Watch[Row] = iter,
) -> Account:
    """Import a file, whose content and mapping are in the content store. Returns what became of every row, new ones with their key.

    All of it or nothing: refused rows are left out only where `partial` says so. `expected` is the digest of the account that was
    confirmed; where the record moved since then, nothing is imported and `Conflict` says so. A second run changes nothing.
    `checked` is a preview of the same that was found to be what is expected just now: it is worked out again only where it may differ.
    """
    found = _found(log, source, partial, expected, checked)
    account = found.account
    log.record_all((UnitOpened(unit=unit, name=name), streams.unit(unit)) for unit, name in account.new_units.items())
    changing = [row for row in account.rows if row.outcome in (Outcome.IMPORTED, Outcome.UPDATED)]
    keys = _Import(log, found, source).run(watch(changing))
    return replace(account, rows=tuple(replace(row, initiative=keys.get(row.says.line, row.initiative)) for row in account.rows))


def _found(log: Log, source: Source, partial: bool, expected: str | None, checked: Preview | None) -> Preview:
    """What is carried out; rights are asked in any case."""
    previews.check_may_import(log.session, log.by, log.now)
    if checked is not None and previews.is_as_before(log.session, log.now, checked):
        return checked
    found = previews.preview(log.session, log.by, log.now, source)
    check_confirmed(found.account, expected, partial=partial)
    return found


class _Import:
    """One import at work: numbers are given in the order of the file, and words that many rows share are kept once."""

    def __init__(self, log: Log, found: Preview, source: Source) -> None:
        self.log, self.mapping, self.policy, self.source = log, found.mapping, found.policy, source
        self.number = next_number(log.session)
        self.words: dict[str, str] = {}

    def run(self, rows: Iterable[Row]) -> dict[int, str]:
        """Returns the initiatives by line."""
        keys: dict[int, str] = {}
        waiting: list[tuple[Event, str]] = []
        prohibited: list[str] = []
        for done, row in enumerate(rows, 1):
            key = keys[row.says.line] = row.initiative or self._next_key()
            events = list(self._events(key, row))
            waiting += [(event, streams.initiative(key)) for event in events]
            prohibited += [key for event in events if isinstance(event, TieringAnswered) and event.tier is Tier.PROHIBITED]
            if done % TOGETHER == 0:
                self.log.record_all(waiting)
                waiting = []
        self.log.record_all(waiting)
        for key in prohibited:
            self._suspend(key)
        return keys

    def _suspend(self, key: str) -> None:
        """A prohibited use must not run, wherever it comes from."""
        if (why := standings.to_suspend(self.log.session, key)) is not None:
            self.log.record(StandingChanged(initiative=key, standing=Standing.SUSPENDED, why=why), streams.initiative(key), by=SYSTEM)

    def _next_key(self) -> str:
        self.number += 1
        return key_of(self.number - 1)

    def _events(self, key: str, row: Row) -> Iterator[Event]:
        if row.outcome is Outcome.IMPORTED:
            yield self._registered(key, row)
        elif TEXTS & set(row.changed):
            yield self._described(key, row)
        yield self._imported(key, row)
        if row.outcome is Outcome.IMPORTED and row.says.stage is not Stage.PILOT:
            yield self._brought_in(key, row)
        if _says(row, "question", "statement", "fact"):
            yield self._tiered(key, row)
        for item, claim in row.says.answers.items():
            if row.outcome is Outcome.IMPORTED or f"answer {item}" in row.changed:
                note = self._keep(_as_stated(self.mapping.title, claim.words))
                yield ItemAnswered(initiative=key, item=item, claim=claim.state, values=[], evidence=[], note=note)

    def _registered(self, key: str, row: Row) -> Event:
        says = row.says
        visibility = self.mapping.initiative.visibility
        return Registered(
            initiative=key, name=says.name, summary=says.summary, unit=says.unit, lead=row.lead, visibility=visibility, pilot_ends=None
        )

    def _described(self, key: str, row: Row) -> Event:
        """What changed in the file, and the rest as it stands here."""
        now = self.log.session.get_one(Initiative, key)
        changed = set(row.changed)
        return Described(
            initiative=key,
            name=row.says.name if "name" in changed else now.name,
            summary=row.says.summary if "summary" in changed else now.summary,
            unit=row.says.unit if "unit" in changed else now.unit_id,
            lead=row.lead if "lead" in changed else now.lead_id,
            visibility=now.visibility,
            pilot_ends=now.pilot_ends.isoformat() if now.pilot_ends else None,
        )

    def _imported(self, key: str, row: Row) -> Event:
        return Imported(
            initiative=key,
            row=row_id(self.mapping.id, row.says.key),
            source=self.mapping.id,
            key=list(row.says.key),
            file=self.source.digest,
            mapping=self.source.mapping_digest,
            line=row.says.line,
            stated=dict(row.stated),
        )

    def _brought_in(self, key: str, row: Row) -> Event:
        brought, since = self.mapping.brought_in, row.says.since
        assert brought is not None
        assert since is not None  # a row without it is refused
        until = self.log.now.date() + timedelta(days=brought.regularise_within_days)
        return BroughtIn(
            initiative=key,
            stage=row.says.stage,
            since=since.isoformat(),
            said_by=brought.said_by,
            said_as=brought.said_as,
            reason=self._keep(brought.reason),
            regularise_by=None if row.says.stage is Stage.RETIRED else until.isoformat(),
        )

    def _tiered(self, key: str, row: Row) -> Event:
        says = row.says
        found = assess_initiative(self.policy, Answers(questions=says.questions, statements=says.statements, asked=says.asked))
        return TieringAnswered(
            initiative=key,
            policy=self.policy.digest,
            questions={**says.questions},
            statements=dict(says.statements),
            asked=dict(says.asked),
            facts=dict(found.facts),
            missing=list(found.missing),
            score=found.score,
            tier=None if found.missing else found.tier,
            decided_by=found.decided_by,
        )

    def _keep(self, text: str) -> str:
        if text not in self.words:
            self.words[text] = self.log.keep_words(text)
        return self.words[text]


def _as_stated(source: str, words: str) -> str:
    """Pages quote this again, so what it quotes stands in single marks."""
    return f"As {source} has it: ‘{words}’." if words else f"{source} leaves it blank."


def _says(row: Row, *kinds: str) -> bool:
    """Whether a row gives, or changes, something of these kinds."""
    told: Iterable[str] = row.stated if row.outcome is Outcome.IMPORTED else row.changed
    return any(name.split()[0] in kinds for name in told)
