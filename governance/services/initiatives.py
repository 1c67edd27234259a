"""Registering an initiative, and stating what it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from governance.domain import rights
from governance.domain.errors import Problem, RuleBroken
from governance.domain.numbers import is_decimal
from governance.domain.questionnaire import FactValue, Given
from governance.domain.tiering import Answers
from governance.domain.vocabulary import Function, Good, Role, Standing, Tier, Visibility
from governance.events import streams
from governance.events.initiatives import (
    Described,
    LimitStated,
    ModelNamed,
    Registered,
    StandingChanged,
    TeamNamed,
    TieringAnswered,
    ViewerNamed,
    ViewerRemoved,
)
from governance.ledger.log import SYSTEM, Log
from governance.models.directory import Person, Unit
from governance.models.initiatives import Initiative, NamedViewer
from governance.policy.assess import assess_initiative
from governance.reads import people, policies, standings
from governance.reads.keys import key_of, next_number

KEY = re.compile(r"AI-\d{4,6}")
LONGEST_UNIT = 60


@dataclass(frozen=True, slots=True)
class Description:
    """What an intake asks for."""

    name: str
    summary: str
    unit: str
    lead: str
    visibility: Visibility
    pilot_ends: date | None = None


def register(log: Log, intake: Description, *, key: str | None = None) -> str:
    """Put an initiative into the inventory, in the pilot stage, and return its key. An import may bring its own key."""
    doer = people.doer(log.session, log.by, log.now)
    rights.check_role(doer, [Role.PROJECT_LEAD, Role.COMPLIANCE_OFFICER], "register an initiative")
    _check_description(log, intake)
    new = _check_key(log, key) if key else key_of(next_number(log.session))
    log.record(
        Registered(
            initiative=new,
            name=intake.name,
            summary=intake.summary,
            unit=intake.unit,
            lead=intake.lead,
            visibility=intake.visibility,
            pilot_ends=intake.pilot_ends.isoformat() if intake.pilot_ends else None,
        ),
        streams.initiative(new),
    )
    return new


def describe(log: Log, key: str, intake: Description) -> None:
    """State anew what the initiative is, who leads it and who may see it."""
    rights.check_may_govern(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "change its description")
    _check_description(log, intake)
    log.record(
        Described(
            initiative=key,
            name=intake.name,
            summary=intake.summary,
            unit=intake.unit,
            lead=intake.lead,
            visibility=intake.visibility,
            pilot_ends=intake.pilot_ends.isoformat() if intake.pilot_ends else None,
        ),
        streams.initiative(key),
    )


def name_model(log: Log, key: str, version: str) -> None:
    """Name the model version that is to be judged next."""
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "name the model version")
    if not version.strip() or len(version) > 80:
        raise RuleBroken("Enter the model version in at most 80 signs.", Problem("length", "Enter a model version.", "version"))
    if log.session.get_one(Initiative, key).model_version != version:
        log.record(ModelNamed(initiative=key, version=version), streams.initiative(key))


def name_team(log: Log, key: str, function: Function, person: str, deputy: str | None, hours_a_week: int) -> None:
    """Name who answers for a function, and who stands in."""
    rights.check_may_govern(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "name its team")
    _check_people(log, {"person": person, **({"deputy": deputy} if deputy else {})})
    if deputy == person:
        raise RuleBroken("The deputy has to be somebody else.", Problem("same_person", "Choose another deputy.", "deputy"))
    if not 0 <= hours_a_week <= 60:
        raise RuleBroken("Enter hours a week between 0 and 60.", Problem("range", "Enter hours between 0 and 60.", "hours_a_week"))
    event = TeamNamed(initiative=key, function=function, person=person, deputy=deputy, hours_a_week=hours_a_week)
    log.record(event, streams.initiative(key))


def name_viewer(log: Log, key: str, person: str) -> None:
    """Let a named person see the initiative."""
    rights.check_may_govern(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "name its readers")
    _check_people(log, {"person": person})
    if log.session.get(NamedViewer, (key, person)) is None:
        log.record(ViewerNamed(initiative=key, person=person), streams.initiative(key))


def remove_viewer(log: Log, key: str, person: str) -> None:
    rights.check_may_govern(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "name its readers")
    if log.session.get(NamedViewer, (key, person)) is not None:
        log.record(ViewerRemoved(initiative=key, person=person), streams.initiative(key))


def answer_tiering(
    log: Log, key: str, questions: Mapping[str, Given], statements: Mapping[str, str], asked: Mapping[str, FactValue]
) -> Tier | None:
    """Answer the questionnaire, wholly or in part, and return the tier once nothing is missing.

    Two answers that contradict each other are refused, both named. A prohibited tier suspends the initiative in the same transaction.
    """
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "answer the tiering questions")
    policy = policies.current(log.session)
    found = assess_initiative(policy, Answers(questions=dict(questions), statements=dict(statements), asked=dict(asked)))
    if found.contradictions:
        raise RuleBroken("Two answers contradict each other.", *found.contradictions)
    tier = None if found.missing else found.tier
    log.record(
        TieringAnswered(
            initiative=key,
            policy=policy.digest,
            questions={name: given if isinstance(given, str) else list(given) for name, given in questions.items()},
            statements=dict(statements),
            asked=dict(asked),
            facts=dict(found.facts),
            missing=list(found.missing),
            score=found.score,
            tier=tier,
            decided_by=found.decided_by,
        ),
        streams.initiative(key),
    )
    _follow_tier(log, key)
    return tier


def _follow_tier(log: Log, key: str) -> None:
    """A prohibited use must not run; nothing but compliance lifts that again."""
    if (why := standings.to_suspend(log.session, key)) is not None:
        log.record(StandingChanged(initiative=key, standing=Standing.SUSPENDED, why=why), streams.initiative(key), by=SYSTEM)


def state_limit(log: Log, key: str, name: str, value: str, unit: str, good: Good | None = None) -> None:
    """State a number the initiative is held to."""
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "state its limits")
    known = policies.current(log.session).limits
    if name not in known:
        raise RuleBroken(f"The policy knows no limit {name}.", Problem("unknown", f"Choose one of {', '.join(known)}.", name))
    if not is_decimal(value):
        raise RuleBroken("The limit is not a number.", Problem("number", "Enter a number, with a point before decimals.", name))
    if len(unit) > LONGEST_UNIT:
        raise RuleBroken("The unit is too long.", Problem("length", f"Enter a unit of at most {LONGEST_UNIT} signs.", name))
    fixed = known[name].unit
    if fixed is not None and unit != fixed:
        raise RuleBroken(f"The limit {name} is stated in {fixed}.", Problem("unit", f"Enter the value in {fixed}.", name))
    log.record(LimitStated(initiative=key, name=name, value=value, unit=unit, good=good.value if good else None), streams.initiative(key))


def _check_description(log: Log, intake: Description) -> None:
    problems = [*_length("name", intake.name, 3, 200), *_length("summary", intake.summary, 10, 4000)]
    if log.session.get(Unit, intake.unit) is None:
        problems.append(Problem("unknown", "Choose a unit from the list.", "unit"))
    problems += _unknown_people(log, {"lead": intake.lead})
    if problems:
        raise RuleBroken("Some entries do not hold up.", *problems)


def _length(field: str, text: str, least: int, most: int) -> list[Problem]:
    if least <= len(text.strip()) <= most:
        return []
    return [Problem("length", f"Enter a {field} of {least} to {most:,} signs.", field)]


def _check_people(log: Log, named: Mapping[str, str]) -> None:
    if problems := _unknown_people(log, named):
        raise RuleBroken("Choose people who can sign in here.", *problems)


def _unknown_people(log: Log, named: Mapping[str, str]) -> list[Problem]:
    found = {field: log.session.get(Person, person) for field, person in named.items()}
    missing = [field for field, person in found.items() if person is None or person.disabled_at is not None]
    return [Problem("unknown", "Choose an active person from the list.", field) for field in missing]


def _check_key(log: Log, key: str) -> str:
    if not KEY.fullmatch(key) or log.session.get(Initiative, key) is not None:
        raise RuleBroken(
            f"The key {key} is taken, or is not of the form AI-0042.", Problem("key", "Use a free key such as AI-0042.", "key")
        )
    return key
