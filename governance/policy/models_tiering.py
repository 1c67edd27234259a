"""What may stand in `facts` and `risk_tiering`: the facts that conditions use, and the questionnaire that tells the tier."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from governance.domain.questionnaire import Measure, Rounding, Several
from governance.domain.vocabulary import Tier
from governance.policy.values import LANGUAGE, Amount, Closed, FactValue, Id, PassableTier, Plain, Sentence, Share, Strict

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


class QuestionModel(Closed):
    id: Id
    """The question's name in the record."""
    text: str
    """The question as people read it."""
    options: Annotated[list[OptionModel], Field(min_length=2)]
    """The answers to choose from."""
    several: Several | None = None
    """Any number of answers may be chosen: their points count as the `sum`, or only the `worst`. Without it, one answer is chosen."""
    most: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The most points that several answers count together."""
    weight: Amount = Decimal(1)
    """By what the points are multiplied."""
    ask_when: str | None = None
    """A condition over the facts that earlier questions tell; it is asked unless this is a no."""
    ask_when_answer: dict[str, list[str]] = {}
    """It is asked only where these earlier questions have one of these answers."""
    mitigates: Annotated[bool, Field(strict=True)] = False
    """Its points count for the `deduction` and not for the score."""
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
    from_: Annotated[Amount, Field(alias="from")]
    """The lowest score in it, or the lowest share of 1."""
    to: Amount
    """The highest score in it, or the highest share of 1."""


class DeductionModel(Strict):
    most: Share
    """The share of the score, of 1, that mitigation may take off at most."""
    from_share: Share | None = None
    """Once mitigation reaches this share of its most points, all of `most` is taken off; without it, its points, up to `most`."""


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
    measure: Measure = Measure.POINTS
    """What the bands are stated in: `points`, or the `share` of the most points."""
    of_asked: Annotated[bool, Field(strict=True)] = False
    """The share is of the most points of the questions that were asked, not of all of them."""
    places: Annotated[int, Field(ge=0, le=4, strict=True)] = 0
    """Decimal places of what the bands are held against."""
    rounding: Rounding = Rounding.HALF_UP
    """How it is rounded to these places: `half_up`, `half_even`, `up` or `down`."""
    deduction: DeductionModel | None = None
    """What mitigating answers take off the score."""
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


class TranslationModel(Closed):
    language: Annotated[str, Field(pattern=LANGUAGE, examples=["de"])]
    """The language as a tag of BCP 47, such as `de` or `pt-BR`."""
    name: Annotated[str, Field(min_length=1, max_length=60)]
    """What the language calls itself."""
    texts: dict[str, Sentence]
    """The words of the questionnaire in it, by what they are called: `Q1`, `Q1.recommend` for an answer, `FL1`, `facts.eu_market`."""
