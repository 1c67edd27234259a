"""How one dossier differs from another: facts, model version, answers, values and evidence, in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from governance.domain import dossier
from governance.domain.dossier import Material
from governance.domain.evidence_scope import ReuseEnd
from governance.domain.metrics import Metrics
from governance.domain.vocabulary import AnswerState, Section
from governance.models.gates import Revision
from governance.reads import dossier_values, people, words
from governance.words import word

Content: TypeAlias = Mapping[Section, Mapping[str, Any]]

_COMMON = {
    "name": "Name",
    "summary": "Summary",
    "unit": "Unit",
    "lead": "Lead",
    "model_version": "Model version",
    "policy": "Policy",
    "seats": "Seats asked",
}

_OF_FORM_1 = frozenset({"policy", "seats"})

_PASSAGE = {"question": "What the gate asks", "enters": "Where the gate leads", "kind": "Kind of gate"}

_RULE = {
    "asks": "What is asked",
    "requires": "What is required",
    "severity": "Severity",
    "evidence": "Kind of evidence",
    "source": "Record that answers it",
    "max_age_days": "Evidence at most this old, in days",
    "combination": "Of several limits",
}

_GIVEN = "Answer given"
"""Told only where an answer was given again and nothing else about it differs."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `item` is the check it belongs to, None for the common section; an empty text: it was not there."""

    section: Section
    item: str | None
    what: str
    before: str
    after: str


def frozen_content(session: Session, revision: Revision) -> Content:
    """The sections of a submitted dossier, read back."""
    return content_of(session, {Section(name): digest for name, digest in revision.sections.items()})


def content_of(session: Session, digests: Mapping[Section, str]) -> Content:
    texts = words.texts(session, digests.values())
    return {section: json.loads(texts[digest]) for section, digest in digests.items() if digest in texts}


def live_content(material: Material) -> Content:
    return dossier.sections(material)


def compare(session: Session, before: Content, after: Content, metrics: Metrics) -> tuple[Change, ...]:
    """Every difference between two dossiers, in the order of a dossier. `metrics` are those that the policy declares, by each name."""
    found = [*_common(_common_of(before), _common_of(after)), *_rules(before, after, metrics)]
    for section in Section:
        if section is not Section.COMMON:
            found += _items(section, before.get(section, {}), after.get(section, {}), metrics)
    return _with_words(session, found)


def _common(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key, label in _COMMON.items():
        if key in _OF_FORM_1 and not (key in before and key in after):
            continue  # in form 2 the rules stand with the functions
        yield from _differs(None, label, dossier_values.text(before.get(key)), dossier_values.text(after.get(key)))
    yield from _differs(None, "Risk tier", _tier(before.get("tier")), _tier(after.get("tier")))
    for key, noun in (("facts", "Fact"), ("limits", "Limit")):
        old, new = before.get(key) or {}, after.get(key) or {}
        for name in sorted(old.keys() | new.keys()):
            yield from _differs(
                None, f"{noun}: {name.replace('_', ' ')}", dossier_values.text(old.get(name)), dossier_values.text(new.get(name))
            )


def _rules(before: Content, after: Content, metrics: Metrics) -> Iterator[Change]:
    """What the policy asks: which items apply, what each asks, and who signs."""
    old, new = _applies(before), _applies(after)
    absent = "" if _names_policy(before) and _names_policy(after) else "no"
    for item in sorted(old.keys() | new.keys()):
        for change in _differs(item, "Applies", old.get(item, absent), new.get(item, absent)):
            yield Change(_where(item, before, after), item, change.what, change.before, change.after)
    if _names_policy(before) or _names_policy(after):
        return
    for key, label in _PASSAGE.items():
        yield from _differs(None, label, dossier_values.text(_common_of(before).get(key)), dossier_values.text(_common_of(after).get(key)))
    for section in Section:
        asked, asks = _of(before, section, dossier.RULES), _of(after, section, dossier.RULES)
        for item in sorted(asked.keys() & asks.keys()):
            for change in _rule(item, asked[item], asks[item], metrics):
                yield Change(section, change.item, change.what, change.before, change.after)
        seats, others = _of(before, section, dossier.SEATS), _of(after, section, dossier.SEATS)
        for seat in sorted(seats.keys() | others.keys()):
            if seats.get(seat) != others.get(seat):
                yield Change(section, None, f"Seat {seat.replace('_', ' ')}", _seat(seats.get(seat)), _seat(others.get(seat)))


def _where(item: str, *contents: Content) -> Section:
    """The section that holds the rule of an item: that of its function, in form 1 the common one."""
    holding = (section for content in contents for section in Section if item in _of(content, section, dossier.RULES))
    return next(holding, Section.COMMON)


def _rule(item: str, old: Mapping[str, Any], new: Mapping[str, Any], metrics: Metrics) -> Iterator[Change]:
    for key, label in _RULE.items():
        yield from _differs(item, label, dossier_values.text(old.get(key)), dossier_values.text(new.get(key)))
    limits, others = dossier_values.limits(old, metrics), dossier_values.limits(new, metrics)
    for metric in limits | others:
        yield from _differs(item, f"Limit: {metric}", limits.get(metric, ""), others.get(metric, ""))


def _seat(seat: Mapping[str, Any] | None) -> str:
    if seat is None:
        return "not asked"
    said = [seat["label"], f"covers {', '.join(seat['covers']).replace('_', ' ')}", f"order {seat['order']}"]
    said += ["independent"] if seat["independent"] else []
    said += [f"looks at: {' '.join(look['text'] for look in seat['looks_at'])}"] if "looks_at" in seat else []
    return ", ".join([*said, seat["qualification"]] if seat["qualification"] else said)


def _names_policy(content: Content) -> bool:
    """Whether it is a dossier of form 1, or none at all."""
    form: int = _common_of(content).get("v", dossier.NAMES_POLICY)
    return form == dossier.NAMES_POLICY


def _common_of(content: Content) -> Mapping[str, Any]:
    return content.get(Section.COMMON, {})


def _of(content: Content, section: Section, part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content.get(section, {}).get(part, {})
    return found


def _items(section: Section, before: Mapping[str, Any], after: Mapping[str, Any], metrics: Metrics) -> Iterator[Change]:
    for what, key, said in (("Waiver", dossier.WAIVERS, _waiver), ("Does not apply", dossier.EXCLUSIONS, _exclusion)):
        old, new = before.get(key, {}), after.get(key, {})
        for item in sorted(old.keys() | new.keys()):
            if old.get(item) != new.get(item):
                yield Change(section, item, what, said(old.get(item)), said(new.get(item)))
    for item in sorted((before.keys() | after.keys()) - dossier.NOT_ITEMS):
        old, new = before.get(item), after.get(item)
        if old == new:
            continue
        answered = _is_answer(old) or _is_answer(new)
        for change in _answer(item, _as_answer(old), _as_answer(new), metrics) if answered else _record(item, old, new):
            yield Change(section, change.item, change.what, change.before, change.after)


def _exclusion(row: Mapping[str, Any] | None) -> str:
    return f"confirmed by compliance ({row['id']})" if row else ""


def _waiver(row: Mapping[str, Any] | None) -> str:
    return f"{row['id']}, until {row['expires']}" if row else ""


def _record(item: str, old: object, new: object) -> Iterator[Change]:
    """What a record of the app said: the team, the open findings, the tier."""
    yield from _differs(item, "What the record says", _recorded(old), _recorded(new))


def _answer(item: str, old: Mapping[str, Any], new: Mapping[str, Any], metrics: Metrics) -> Iterator[Change]:
    yield from _differs(item, "Answer", _claim(old), _claim(new))
    values, others = dossier_values.values(old, metrics), dossier_values.values(new, metrics)
    for metric in values | others:
        yield from _differs(item, metric, values.get(metric, ""), others.get(metric, ""))
    yield from _differs(item, "Evidence", _pieces(old), _pieces(new))
    yield from _differs(item, "Note", old.get("note") or "", new.get("note") or "")
    yield from _differs(item, _GIVEN, _given(old), _given(new))


def _given(answer: Mapping[str, Any]) -> str:
    return f"{answer['at'][:19].replace('T', ' ')} UTC" if answer else ""


def _differs(item: str | None, what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(Section.COMMON, item, what, before, after)


def _is_answer(content: object) -> bool:
    return isinstance(content, dict) and "claim" in content


def _as_answer(content: object) -> Mapping[str, Any]:
    return content if isinstance(content, dict) and "claim" in content else {}


def _claim(answer: Mapping[str, Any]) -> str:
    return word(AnswerState(answer["claim"])).label if answer else ""


def _pieces(answer: Mapping[str, Any]) -> str:
    return "; ".join(f"{piece['title']} ({piece['digest'][:8]}){_from(piece)}{_lapsed(piece)}" for piece in answer.get("evidence", []))


def _from(piece: Mapping[str, Any]) -> str:
    """A piece of another initiative has the same content as its source, so where it comes from is what tells them apart."""
    return f", from {piece['reused']['source']}" if "reused" in piece else ""


def _lapsed(piece: Mapping[str, Any]) -> str:
    if "superseded" in piece:
        return f", superseded by {piece['superseded']['id']}"
    ended = piece["reused"]["ended"] if "reused" in piece else None
    return f", which was {ReuseEnd(ended['how']).spoken}" if ended else ""


def _tier(tier: Mapping[str, Any] | None) -> str:
    return f"{tier['tier']}, {tier['score']} points" if tier else ""


def _applies(content: Content) -> dict[str, str]:
    rules = (row for section in Section for row in _of(content, section, dossier.RULES).values())
    return {row["item"]: row["applies"] for row in (*_common_of(content).get("items", []), *rules)}


def _recorded(content: object) -> str:
    if isinstance(content, list):
        return "; ".join(f"{row['id']} ({row['severity']})" for row in content) or "none"
    if isinstance(content, dict) and "tier" in content:
        return _tier(content)
    if isinstance(content, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {row['person']}" for name, row in content.items())
    return ""


def _with_words(session: Session, found: Sequence[Change]) -> tuple[Change, ...]:
    """Notes by what they say, people by their printed names; then only what a reader can tell apart."""
    said = words.texts(session, [text for change in found if change.what == "Note" for text in (change.before, change.after)])
    named = people.names(session, [text for change in found if change.what == "Lead" for text in (change.before, change.after)])
    spoken = [_spoken(change, said, named) for change in found]
    seen = [change for change in spoken if change.before != change.after]
    told = {change.item for change in seen if change.what != _GIVEN}
    return tuple(change for change in seen if change.what != _GIVEN or change.item not in told)


def _spoken(change: Change, said: Mapping[str, str], named: Mapping[str, str]) -> Change:
    known = {"Note": said, "Lead": named}.get(change.what)
    if known is None:
        return change
    before, after = (known.get(text, text if change.what == "Lead" else "") for text in (change.before, change.after))
    return Change(change.section, change.item, change.what, before, after)
