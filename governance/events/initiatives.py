"""What can happen to an initiative apart from its gates."""

from datetime import date

from governance.domain.questionnaire import FactValue
from governance.domain.text import fold
from governance.domain.vocabulary import Function, Stage, Standing, Tier, Visibility
from governance.ledger.book import Book, Event, event
from governance.models.initiatives import Initiative, LimitValue, NamedViewer, StageEntry, TeamSeat, Tiering
from governance.models.moving_in import Origin


@event("initiative.registered")
class Registered(Event, frozen=True, kw_only=True):
    initiative: str
    name: str
    summary: str
    unit: str
    lead: str
    visibility: Visibility
    pilot_ends: str | None = None

    def apply(self, book: Book) -> None:
        book.add(
            Initiative(
                key=self.initiative,
                name=self.name,
                folded=fold(f"{self.initiative} {self.name}"),
                summary=self.summary,
                unit_id=self.unit,
                lead_id=self.lead,
                visibility=self.visibility,
                stage=Stage.PILOT,
                stage_since=book.at,
                standing=Standing.GOOD,
                standing_since=book.at,
                standing_why=None,
                model_version="",
                pilot_ends=date.fromisoformat(self.pilot_ends) if self.pilot_ends else None,
                registered_at=book.at,
                registered_by=book.by,
            )
        )
        book.add(StageEntry(leaf=book.index, initiative_key=self.initiative, stage=Stage.PILOT, at=book.at, request_id=None))


@event("initiative.described")
class Described(Event, frozen=True, kw_only=True):
    """What the initiative is, who leads it, who may see it, from now on."""

    initiative: str
    name: str
    summary: str
    unit: str
    lead: str
    visibility: Visibility
    pilot_ends: str | None = None

    def apply(self, book: Book) -> None:
        row = book.get(Initiative, self.initiative)
        row.name, row.folded, row.summary = self.name, fold(f"{self.initiative} {self.name}"), self.summary
        row.unit_id, row.lead_id, row.visibility = self.unit, self.lead, self.visibility
        row.pilot_ends = date.fromisoformat(self.pilot_ends) if self.pilot_ends else None


@event("initiative.model_named")
class ModelNamed(Event, frozen=True, kw_only=True):
    """The version of the model that is to be judged next."""

    initiative: str
    version: str

    def apply(self, book: Book) -> None:
        book.get(Initiative, self.initiative).model_version = self.version


@event("initiative.viewer_named")
class ViewerNamed(Event, frozen=True, kw_only=True):
    initiative: str
    person: str

    def apply(self, book: Book) -> None:
        book.add(NamedViewer(initiative_key=self.initiative, person_id=self.person))


@event("initiative.viewer_removed")
class ViewerRemoved(Event, frozen=True, kw_only=True):
    initiative: str
    person: str

    def apply(self, book: Book) -> None:
        book.remove(book.get(NamedViewer, (self.initiative, self.person)))


@event("team.named")
class TeamNamed(Event, frozen=True, kw_only=True):
    """Who answers for a function in this initiative from now on."""

    initiative: str
    function: Function
    person: str
    hours_a_week: int
    deputy: str | None = None

    def apply(self, book: Book) -> None:
        book.put(
            TeamSeat(
                initiative_key=self.initiative,
                function=self.function,
                person_id=self.person,
                deputy_id=self.deputy,
                hours_a_week=self.hours_a_week,
                since=book.at,
            )
        )


@event("tiering.answered")
class TieringAnswered(Event, frozen=True, kw_only=True):
    """The questionnaire as answered so far, and what the policy makes of it."""

    initiative: str
    policy: str
    questions: dict[str, str | list[str]]
    statements: dict[str, str]
    asked: dict[str, FactValue]
    facts: dict[str, FactValue]
    missing: list[str]
    score: int
    decided_by: str
    tier: Tier | None = None

    def apply(self, book: Book) -> None:
        book.put(
            Tiering(
                initiative_key=self.initiative,
                policy=self.policy,
                questions=self.questions,
                statements=self.statements,
                asked=self.asked,
                facts=self.facts,
                missing=self.missing,
                score=self.score,
                tier=self.tier,
                decided_by=self.decided_by,
                by=book.by,
                at=book.at,
            )
        )


@event("limit.stated")
class LimitStated(Event, frozen=True, kw_only=True):
    initiative: str
    name: str
    value: str
    unit: str
    good: str | None = None

    def apply(self, book: Book) -> None:
        stated = {"name": self.name, "value": self.value, "unit": self.unit, "good": self.good}
        book.put(LimitValue(initiative_key=self.initiative, at=book.at, **stated))


@event("standing.changed")
class StandingChanged(Event, frozen=True, kw_only=True):
    """Why is a sentence of the program, never words of a person."""

    initiative: str
    standing: Standing
    why: str | None = None

    def apply(self, book: Book) -> None:
        row = book.get(Initiative, self.initiative)
        row.standing, row.standing_since, row.standing_why = self.standing, book.at, self.why


@event("initiative.advanced")
class Advanced(Event, frozen=True, kw_only=True):
    """A gate was passed: the initiative enters the next stage. The first one makes regular what was brought in."""

    initiative: str
    request: str
    entered: Stage

    def apply(self, book: Book) -> None:
        row = book.get(Initiative, self.initiative)
        row.stage, row.stage_since = self.entered, book.at
        book.add(StageEntry(leaf=book.index, initiative_key=self.initiative, stage=self.entered, at=book.at, request_id=self.request))
        origin = book.find(Origin, self.initiative)
        if origin is not None and origin.regularised_at is None:
            origin.regularised_at, origin.regularised_request = book.at, self.request
