"""What a checklist shows: each item with its answer, what the policy expects, and which values it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.checks import KEPT_RECORDS, Checked, planned_items
from governance.domain.comparison import KEPT_REFERENCES
from governance.domain.dossier import Evidence, Material, StatedValue
from governance.domain.limits import AS_THE_METRIC, amount, limit_in_words, metric_in_words, name_in_words, spoken
from governance.domain.policy import Bound, Framework, PlannedItem, Policy, Threshold
from governance.domain.text import day_in_words
from governance.domain.vocabulary import RELATIVE, Applies, Function, Good, Severity
from governance.models import answers as rows
from governance.policy import phrases
from governance.reads import people, words

SOURCES = {
    "kpi_record": "KPI record",
    "rollout": "rollout record",
    "guardrails": "guardrail record",
    "plan": "plan",
    "value": "value record",
}


@dataclass(frozen=True, slots=True)
class Need:
    """A value that an item asks for. `reference_of` is the metric it is compared with; its unit and direction are taken from that one."""

    metric: str
    label: str
    unit: str | None  # None: as the metric, so it is typed
    window: str
    min_n: int
    limit: str
    interval: bool = False
    direction: bool = False
    per_kpi: bool = False
    counted: bool = True  # whether a number of cases is asked for
    reference_of: str | None = None
    names: tuple[str, ...] = ()  # every name under which it may have been stated
    good: Good | None = None  # which way is better, where the policy declares it and it matters


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item in front of a reader."""

    check: Checked
    needs: tuple[Need, ...]
    labels: Mapping[str, str]  # of what was stated, by the name it was stated under
    note: str
    got: str
    answered_by: str
    limits: tuple[str, ...]
    freshness: str
    clauses: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    authors: Mapping[str, str]
    part_of: str | None  # the checklist it comes from, with its edition

    @property
    def from_record(self) -> bool:
        """Whether a record of the app answers it, so that nothing can be typed."""
        return self.check.item.source in KEPT_RECORDS

    @property
    def later_record(self) -> str | None:
        """The record that will answer it in a later version, until when it is stated by hand."""
        source = self.check.item.source
        return None if source is None or source in KEPT_RECORDS else SOURCES.get(source, source.replace("_", " "))


def items(session: Session, policy: Policy, checks: Sequence[Checked]) -> tuple[ItemPage, ...]:
    """Every item of a plan, in policy order."""
    answers = [check.answer for check in checks if check.answer is not None]
    said = words.texts(session, [answer.note for answer in answers])
    pieces = [piece.added_by for answer in answers for piece in answer.evidence]
    names = people.names(session, [*(answer.by for answer in answers), *pieces])
    return tuple(_page(policy, check, said, names) for check in checks)


def of_function(pages: Sequence[ItemPage], function: Function) -> list[ItemPage]:
    return [page for page in pages if page.check.applies and page.check.item.owner is function]


def needs(planned: PlannedItem) -> tuple[Need, ...]:
    """The values an item needs: one per metric, and one per reference that no record of the app holds."""
    found: dict[str, Need] = {}
    for threshold in planned.thresholds.parts if planned.thresholds else ():
        found[threshold.metric] = _measured(threshold, found.get(threshold.metric))
        if threshold.compare_with and not threshold.compare_with.startswith(KEPT_REFERENCES):
            reference = _reference(threshold)
            found.setdefault(reference.metric, reference)
    return tuple(found.values())


def pieces(session: Session, key: str) -> list[rows.Evidence]:
    """All evidence of an initiative, newest first."""
    query = select(rows.Evidence).where(rows.Evidence.initiative_key == key).order_by(rows.Evidence.at.desc(), rows.Evidence.id.desc())
    return list(session.scalars(query))


def superseded_by(session: Session, evidence_id: str) -> list[str]:
    """The ids of the pieces whose place one took."""
    query = select(rows.Evidence.id).where(rows.Evidence.superseded_by == evidence_id)
    return list(session.scalars(query.order_by(rows.Evidence.at, rows.Evidence.id)))


def signers(session: Session, material: Material) -> list[tuple[str, str]]:
    """The seats of the plan, each with the names of those who hold its function in the initiative's unit."""
    holders = people.by_function(session, {seat.function for seat in material.plan.seats}, material.unit)
    return [(seat.label, ", ".join(person.name for person in holders.get(seat.function, []))) for seat in material.plan.seats]


def why_not(policy: Policy, material: Material) -> list[tuple[str, str, str]]:
    """The items that do not apply: id, title, why."""
    by_facts = {planned.item.id for planned in material.plan.items if planned.applicability.applies is Applies.NO}
    return [
        (
            planned.item.id,
            planned.item.title,
            f"applies only {phrases.applies(planned.item.when, policy.facts)}"
            if planned.item.id in by_facts
            else planned.applicability.why or "",
        )
        for planned in planned_items(material)
        if planned.applicability.applies is Applies.NO
    ]


def _measured(threshold: Threshold, before: Need | None) -> Need:
    limit = limit_in_words(threshold)
    good = threshold.declared.good if threshold.declared and threshold.comparator in RELATIVE else None
    return Need(
        metric=threshold.metric,
        label=_label(metric_in_words(threshold)),
        unit=None if threshold.unit in AS_THE_METRIC else threshold.unit,
        window=threshold.window,
        min_n=max(threshold.min_n, before.min_n if before else 1),
        limit=f"{before.limit}; {limit}" if before else limit,
        interval=threshold.bound is Bound.WORSE or (before is not None and before.interval),
        direction=threshold.comparator in RELATIVE and good is None,
        per_kpi=threshold.for_each is not None,
        counted=threshold.min_n > 1,
        names=threshold.names,
        good=good,
    )


def _reference(threshold: Threshold) -> Need:
    assert threshold.compare_with is not None
    metric = threshold.compare_with.removeprefix("measured.")
    measured = threshold.compare_with.startswith("measured.")
    return Need(
        metric=metric,
        label=_label(threshold.beside.label if threshold.beside else spoken(metric)),
        unit=None if threshold.unit in AS_THE_METRIC else threshold.unit,
        window=threshold.window if measured else "as stated in that record",
        min_n=1,
        limit=f"what {metric_in_words(threshold)} is compared with",
        counted=measured and threshold.min_n > 1,
        reference_of=threshold.metric,
        names=threshold.beside.names if threshold.beside else (metric,),
    )


def _label(said: str) -> str:
    return said[:1].upper() + said[1:]


def _page(policy: Policy, check: Checked, said: Mapping[str, str], names: Mapping[str, str]) -> ItemPage:
    answer = check.answer
    parts = check.planned.thresholds.parts if check.planned.thresholds else ()
    return ItemPage(
        check=check,
        needs=needs(check.planned),
        labels={value.metric: _label(name_in_words(value.metric, policy.metrics)) for value in answer.values} if answer else {},
        note=said.get(answer.note, "") if answer and answer.note else "",
        got=_got(check),
        answered_by=names.get(answer.by, answer.by) if answer else "",
        limits=tuple(f"{_label(metric_in_words(part))}: {limit_in_words(part)}" for part in parts),
        freshness=_freshness(policy, check),
        clauses=tuple(_clause(policy.frameworks, clause) for clause in check.item.maps),
        evidence=answer.evidence if answer else (),
        authors=names,
        part_of=_part_of(policy, check),
    )


def _part_of(policy: Policy, check: Checked) -> str | None:
    found = policy.checklists.get(check.item.checklist or "")
    return f"{found.title}, edition {found.version}" if found else None


def _got(check: Checked) -> str:
    """What there is, in a few words: the reason where something is missing, else the values, else the evidence."""
    if check.waiver:
        return f"until {day_in_words(check.waiver.expires)} ({check.waiver.id})"
    if check.evaluated.why:
        return check.evaluated.why
    if check.answer is None:
        return ""
    if check.answer.values:
        return "; ".join(stated(value) for value in check.answer.values[:2])
    count = len(check.answer.evidence)
    return "" if not count else "1 piece of evidence" if count == 1 else f"{count} pieces of evidence"


def stated(value: StatedValue) -> str:
    return amount(value.value, value.unit)


def _freshness(policy: Policy, check: Checked) -> str:
    days = check.item.max_age_days or policy.max_age_days.get(check.item.evidence)
    return f"At most {days} days old when you submit and when it is decided." if days else ""


def _clause(frameworks: Mapping[str, Framework], clause: str) -> str:
    framework_id, _, wanted = clause.partition(":")
    framework = frameworks.get(framework_id)
    if framework is None:
        return clause
    title = next((known.title for known in framework.clauses if known.id == wanted), "")
    short = framework.title.partition(" (")[0]
    return f"{short} {wanted}" + (f": {title}" if title else "")


WAYS_OUT = {
    Severity.BLOCKING: "This check is blocking: it has to be met, and cannot be waived.",
    Severity.WAIVABLE: "This check has to be met, or carry a waiver in force: dated, with a compensating control, signed by two.",
    Severity.ADVISORY: "This check is advisory: it is shown and recorded, and never blocks the gate.",
}
