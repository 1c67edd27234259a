"""What may stand in `facts` and `risk_tiering`: the facts that conditions use, and the questionnaire that tells the tier."""

from typing import Annotated, Literal

from pydantic import Field

from governance.domain.vocabulary import Tier
from governance.policy.values import Closed, FactValue, Id, PassableTier, Plain, Strict

Answer = Literal["yes", "no", "undecided"]


class FactModel(Closed):
    type: Literal["bool", "enum"]
    """`bool` for yes or no, `enum` for one of several `values`."""
    values: list[str] = []
    """The words an `enum` may be."""
    from_: Annotated[list[str], Field(alias="from")] = []
    """The questions and statements whose answers imply it, so that nothing is asked twice."""
    ask: str | None = None
    """The question that is asked where no answer implies it."""
    said: str | None = None
    """How people read a fact that holds, after “where”; of an `enum`, its subject."""
    unless: str | None = None
    """How people read a fact that does not hold."""
    note: str | None = None
    """A remark for authors."""


class OptionModel(Strict):
    key: Plain
    """The answer's name in the record."""
    points: Annotated[int, Field(ge=0)]
    """What it adds to the score."""
    text: str
    """The answer as people read it."""
    implies: dict[str, FactValue] = {}
    """The facts that follow from it, each as `facts.NAME` with its value."""


class QuestionModel(Strict):
    id: Id
    """The question's name in the record."""
    text: str
    """The question as people read it."""
    options: Annotated[list[OptionModel], Field(min_length=2)]
    """The answers to choose from."""
    aia_analogue: str | None = None
    """The question of the Canadian Algorithmic Impact Assessment it follows, for authors."""


class StatementModel(Closed):
    id: Id
    """The statement's name in the record."""
    question: str | None = None
    """What is asked, to be answered with yes, no or undecided."""
    label: str | None = None
    """What people call a statement that is worked out from the facts and not asked."""
    then: Tier | None = None
    """The tier that a yes leads to at least."""
    maps: list[str] = []
    """The framework clauses it serves."""
    when: str | None = None
    """A condition over the facts that answers it, so that it is not asked."""
    ask_when: str | None = None
    """A condition over the facts; it is asked only where this is a yes."""
    ask_when_answer: dict[str, list[Answer]] = {}
    """It is asked only where these statements have one of these answers."""
    exception: str | None = None
    """The exception that can lift it."""
    lifts: str | None = None
    """Of an exception: the statement it lifts."""
    implies: dict[Answer, dict[str, FactValue]] = {}
    """The facts that follow from each answer."""


class BandModel(Closed):
    tier: PassableTier
    """The tier of scores in the band."""
    from_: Annotated[int, Field(alias="from", strict=True)]
    """The lowest score in it."""
    to: Annotated[int, Field(strict=True)]
    """The highest score in it."""


class AnswersModel(Strict):
    values: list[Answer]
    """The answers a statement may have."""
    undecided: str
    """What an undecided answer counts as, in words."""


class TieringModel(Closed):
    basis: str = ""
    """Where the weights come from."""
    informed_by: list[str] = []
    """The framework clauses behind the questionnaire."""
    method: str = ""
    """How the tier is worked out, in words."""
    max_score: Annotated[int, Field(strict=True)]
    """The highest score; it has to be what the questions add up to."""
    bands: Annotated[list[BandModel], Field(min_length=1)]
    """Which score gives which tier, both ends included, without a gap."""
    answers: AnswersModel | None = None
    """What a statement may be answered with."""
    hard_stops: list[StatementModel]
    """Statements that prohibit an initiative."""
    floors: list[StatementModel]
    """Statements that give a tier at least, whatever the score."""
    exceptions: list[StatementModel] = []
    """Statements that lift a floor."""
    questions: Annotated[list[QuestionModel], Field(min_length=1)]
    """The questions whose points add up to the score."""
    re_tier_on: list[str] = []
    """What makes the questionnaire due again."""

    @property
    def statements(self) -> list[StatementModel]:
        return [*self.hard_stops, *self.floors, *self.exceptions]

    @property
    def ids(self) -> list[str]:
        """What facts may come from and statements may name; one that is given twice stands here twice."""
        return [*(question.id for question in self.questions), *(statement.id for statement in self.statements)]
