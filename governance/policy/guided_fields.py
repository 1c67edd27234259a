"""What a person may change of a policy without touching its files: the fields of a check and of a seat; `guided_days` has those of days.

Everything else is changed in the files.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from governance.domain.limits import spoken, taken_from
from governance.domain.vocabulary import Comparator, Function, Section, Severity
from governance.policy.editing import Plain
from governance.policy.fielddocs import fields_of
from governance.policy.guided import BY_TIER, Control, Field, Given, Part, asked_at, edits
from governance.policy.guided_days import DAY_PLACES
from governance.policy.guided_lists import free, slug
from governance.policy.lint_gates import MOST_LOOKS
from governance.policy.metrics import family_of
from governance.policy.models import EvidenceModel, ItemModel, LookModel, SeatModel, ThresholdModel
from governance.policy.places import Edit, edit, metric_labels, value_at

_ID = "[A-Za-z][A-Za-z0-9_-]{0,59}"
CHANGEABLE = re.compile(
    rf"gate/{_ID}/items/{_ID}/(title|question|why|when|severity|owner|guidance|max_age_days|evidence/(requirement|typical))"
    rf"|gate/{_ID}/items/{_ID}/threshold(/(all_of|any_of)/[0-9]{{1,3}})?/(value|comparator|unit|window|min_n|factor|margin|allow)"
    rf"|gate/{_ID}/seats/{_ID}(/(label|function|when|independent|qualification|order|covers|looks_at/{_ID}(/text)?))?"
    rf"|gate/{_ID}/(every_days/({'|'.join(BY_TIER)})|grace_days)" + "".join(f"|{place}" for place in DAY_PLACES) + "|policy/version"
)
"""Every place that guided editing may touch."""

MEANINGS = {
    "severity": "What an unmet check does: blocking stops the gate, waivable may be excepted for a time, advisory is only shown.",
    "max_age_days": "How old the evidence may be. Where nothing stands here, the days for its kind of evidence hold.",
    "comparator": "How the measured value is held against the limit.",
    "value": "The limit at this tier. The same number at all three is one limit for all.",
    "factor": "What the value is compared with is multiplied by this first.",
    "margin": "By how much the value may be worse than what it is compared with, in its unit: 0.05 is five points of a share.",
    "allow": "By which share of what it is compared with the value may be worse: 0.05 is a twentieth of it.",
    "covers": "The parts of the dossier that it judges: always the common one and its own function's.",
}
"""In place of what the reference of the files says, for people who never see one."""

LOOKS = "What it looks at before deciding"
NEW_LOOKS = 3
"""Boxes that can be added to a seat at one time."""

NUMBER_COMPARATORS = tuple(one.value for one in Comparator if one is not Comparator.BETWEEN)


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    return {key: MEANINGS.get(key, said) for key, said in fields_of(model).items()}


def is_changeable(place: str) -> bool:
    return CHANGEABLE.fullmatch(place) is not None


def item_fields(texts: Mapping[str, str], gate: str, item: str) -> list[Field]:
    """What can be changed about a check, with each of its thresholds; nothing where the policy has no such check."""
    place = f"gate/{gate}/items/{item}"
    raw = value_at(texts, place)
    if not isinstance(raw, dict):
        return []
    said = _meanings(ItemModel)
    wanted, fresh = value_at(texts, f"{place}/evidence/requirement"), raw.get("max_age_days")
    about = fields_of(EvidenceModel)["requirement"]
    found = [
        Field("title", f"{place}/title", "Title", said["title"], Control.LINE, raw.get("title")),
        Field("question", f"{place}/question", "Question", said["question"], Control.TEXT, raw.get("question")),
        Field("requirement", f"{place}/evidence/requirement", "Evidence wanted", about, Control.TEXT, wanted),
        _or_nothing("typical", f"{place}/evidence", "What people usually hand in", EvidenceModel, value_at(texts, f"{place}/evidence")),
        Field("why", f"{place}/why", "Why it is asked", said["why"], Control.TEXT, raw.get("why")),
        _or_nothing("guidance", place, "How to go about it", ItemModel, raw),
        _choice("severity", place, "Severity", said["severity"], raw, Severity),
        _choice("owner", place, "Owner", said["owner"], raw, Function),
        *_asked(f"{place}/when", "The tiers of risk at which the check is asked.", str(raw.get("when", "true")), unset=None),
        Field(
            "max_age_days", f"{place}/max_age_days", "Days it stays fresh", said["max_age_days"], Control.WHOLE, fresh, may_be_empty=True
        ),
    ]
    for number, part in enumerate(_threshold_places(place, raw.get("threshold"))):
        found += _threshold(f"t{number}_", part, value_at(texts, part), metric_labels(texts))
    return found


def _or_nothing(name: str, place: str, label: str, model: type[BaseModel], raw: Mapping[str, Any]) -> Field:
    return Field(name, f"{place}/{name}", label, fields_of(model)[name], Control.TEXT, raw.get(name), may_be_empty=True)


def seat_fields(texts: Mapping[str, str], gate: str, seat: str) -> list[Field]:
    """What can be changed about a seat; nothing where the gate has no such seat."""
    place = f"gate/{gate}/seats/{seat}"
    raw = value_at(texts, place)
    return _seat(place, raw) if isinstance(raw, dict) else []


def new_seat_fields() -> list[Field]:
    """The same of a seat that is not there yet: it is asked always, as long as nothing else is said."""
    return _seat("", {"covers": [Section.COMMON.value]})


def new_seat(gate: str, taken: Sequence[str], given: Given) -> tuple[list[Edit], dict[str, str]]:
    """The change that adds a seat, named after its label, and what is wrong with what was given."""
    changes, wrong = edits(new_seat_fields(), given)
    if wrong:
        return [], wrong
    made: dict[str, Plain] = {one.place.removeprefix("/"): one.value for one in changes}
    made["looks_at"] = [value for key, value in made.items() if key.startswith("looks_at/")]
    covers = made.get("covers", [Section.COMMON.value])
    function = str(made["function"])
    made["covers"] = [*covers, function] if isinstance(covers, list) and function not in covers else covers
    name = free(slug(str(made["label"]))[:50], taken, "seat")
    return [edit(f"gate/{gate}/seats/{name}", {"id": name, **{key: made[key] for key in ORDER if made.get(key) not in (None, [])}})], {}


ORDER = ("function", "label", "when", "independent", "qualification", "order", "covers", "looks_at")


def _threshold_places(place: str, raw: Any) -> Iterator[str]:
    if isinstance(raw, dict):
        several = next((key for key in ("all_of", "any_of") if key in raw), None)
        numbers = range(len(raw[several])) if several else ()
        yield from (f"{place}/threshold/{several}/{number}" for number in numbers)
        if several is None:
            yield f"{place}/threshold"


def _threshold(name: str, place: str, raw: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[Field]:
    metric = str(raw.get("metric", ""))
    said, group = _meanings(ThresholdModel), labels.get(metric) or spoken(metric)
    value = raw.get("value")
    is_range = isinstance(value, list) or raw.get("comparator") == Comparator.BETWEEN
    options = (Comparator.BETWEEN.value,) if is_range else NUMBER_COMPARATORS
    held = raw.get("comparator")
    held_to = str(raw.get("compare_with", ""))
    with_what = f" It is compared with {taken_from(held_to, labels.get(family_of(held_to)[1]))}." if held_to else ""
    yield Field(
        f"{name}comparator",
        f"{place}/comparator",
        "Compared how",
        said["comparator"] + with_what,
        Control.CHOICE,
        held,
        options=options,
        group=group,
    )
    for tier in BY_TIER if value is not None else ():
        at_tier = value.get(tier) if isinstance(value, dict) else value
        label = f"Limit at {tier} risk"
        yield Field(f"{name}{tier}", f"{place}/value", label, said["value"], Control.LIMIT, at_tier, part=Part(tier), group=group)
    for key, label in (
        ("factor", "Times what it is compared with"),
        ("margin", "May be worse by"),
        ("allow", "May be worse by this share of it"),
    ):
        if key in raw:
            yield Field(f"{name}{key}", f"{place}/{key}", label, said[key], Control.NUMBER, raw[key], group=group)
    yield Field(f"{name}unit", f"{place}/unit", "Unit", said["unit"], Control.LINE, raw.get("unit"), group=group)
    yield Field(f"{name}window", f"{place}/window", "Measured over", said["window"], Control.LINE, raw.get("window"), group=group)
    least = raw.get("min_n")
    yield Field(f"{name}min_n", f"{place}/min_n", "Smallest sample", said["min_n"], Control.WHOLE, least, most=10**12, group=group)


def _seat(place: str, raw: Mapping[str, Any]) -> list[Field]:
    said = _meanings(SeatModel)
    at = "The tiers of risk at which the seat is asked. The four functions each need a seat that is asked at every tier."
    skills = raw.get("qualification")
    return [
        Field("label", f"{place}/label", "Label", said["label"], Control.LINE, raw.get("label")),
        _choice("function", place, "Function", said["function"], raw, Function),
        *_asked(f"{place}/when", at, str(raw.get("when", "true")), unset="true"),
        Field(
            "independent", f"{place}/independent", "Independent", said["independent"], Control.FLAG, raw.get("independent", False), False
        ),
        Field("qualification", f"{place}/qualification", "Qualification", said["qualification"], Control.LINE, skills, may_be_empty=True),
        Field("order", f"{place}/order", "Round", said["order"], Control.WHOLE, raw.get("order", 1), 1, most=9),
        Field("covers", f"{place}/covers", "Judges", said["covers"], Control.SEVERAL, raw.get("covers"), options=tuple(Section)),
        *_looks(f"{place}/looks_at", raw.get("looks_at", [])),
    ]


def _asked(place: str, at: str, when: str, unset: Plain) -> Iterator[Field]:
    """A condition as its tiers and whatever else has to hold, or in one line where it is not written as one after the other."""
    tiers, rest = asked_at(when)
    if tiers is not None:
        asked: list[Plain] = list(tiers)
        yield Field("tiers", place, "Asked at", at, Control.SEVERAL, asked, unset, options=BY_TIER, part=Part.TIERS)
    further = "What else has to hold, as a condition over the facts. Leave it as it is where you do not know the facts by name."
    yield Field("rest", place, "Further condition", further, Control.LINE, rest, unset, may_be_empty=True, part=Part.REST)


def _looks(place: str, raw: Sequence[Mapping[str, Any]]) -> Iterator[Field]:
    """A box for each entry, and empty ones for more, as far as a seat may have them."""
    said = fields_of(LookModel)["text"]
    for number, look in enumerate(raw, 1):
        at, label = f"{place}/{look['id']}/text", f"Box {number} to tick"
        yield _look(f"look_{look['id']}", at, label, said, str(look["text"]), Part.ENTRY)
    for number in range(1, min(NEW_LOOKS, MOST_LOOKS - len(raw)) + 1):
        yield _look(f"more_{number}", place, f"New box {number}", said, "", Part.MORE, [str(look["id"]) for look in raw])


def _look(name: str, place: str, label: str, said: str, text: str, part: Part, taken: Collection[str] = ()) -> Field:
    return Field(name, place, label, said, Control.TEXT, text, may_be_empty=True, options=tuple(taken), part=part, group=LOOKS)


def _choice(name: str, place: str, label: str, meaning: str, raw: Mapping[str, Any], kind: type[StrEnum]) -> Field:
    return Field(name, f"{place}/{name}", label, meaning, Control.CHOICE, raw.get(name), options=tuple(one.value for one in kind))
