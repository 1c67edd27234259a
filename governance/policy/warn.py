"""What is allowed but deserves a look: conditions that decide nothing, items nobody reaches, limits nobody can keep, old catalogues."""

from collections.abc import Iterator, Sequence

from governance.domain.frameworks import is_superseded
from governance.domain.vocabulary import Applies, Tier
from governance.policy import lint_metrics, lint_translations, warn_thresholds
from governance.policy.build import threshold_parts
from governance.policy.checklists import Part
from governance.policy.codes import Code, Level
from governance.policy.problems import PolicyProblem
from governance.policy.reader import Document, Location
from governance.policy.truth import truth
from governance.policy.whole import Whole

ALWAYS = "true"


def warnings(whole: Whole) -> Iterator[PolicyProblem]:
    """Every warning, at the place that one would change."""
    for part in whole.parts:
        yield from _part(whole, part)
    yield from lint_metrics.warnings(whole)
    yield from lint_translations.warnings(whole)
    for document, model in whole.files:
        if model.checklist:
            yield from _condition(whole, document, ("checklist", "when"), model.checklist.when, f"the checklist {model.checklist.id}")
        if model.risk_tiering:
            for group in ("hard_stops", "floors", "exceptions"):
                for number, statement in enumerate(getattr(model.risk_tiering, group)):
                    at: Location = ("risk_tiering", group, number)
                    for key in ("when", "ask_when"):
                        yield from _condition(whole, document, (*at, key), getattr(statement, key) or ALWAYS, statement.id)
                    yield from _superseded(whole, document, (*at, "maps"), statement.maps)


def _part(whole: Whole, part: Part) -> Iterator[PolicyProblem]:
    document = part.document
    for number, seat in enumerate(part.seats):
        yield from _asked(whole, part, (*part.at, "seats", number, "when"), seat.when, f"the seat {seat.id}")
    for number, item in enumerate(part.items):
        at: Location = (*part.at, "items", number)
        yield from _asked(whole, part, (*at, "when"), item.when, item.id)
        yield from _superseded(whole, document, (*at, "maps"), item.maps)
        if item.threshold is not None:
            combination, limits = threshold_parts(item.threshold)
            of_list = limits != [item.threshold]
            places = [(*at, "threshold", combination.value, n) if of_list else (*at, "threshold") for n in range(len(limits))]
            for place, limit in zip(places, limits, strict=True):
                yield from _condition(whole, document, (*place, "when"), limit.when or ALWAYS, f"the threshold of {limit.metric}")
            yield from warn_thresholds.warnings(whole, document, combination, limits, places)


def _asked(whole: Whole, part: Part, at: Location, when: str, what: str) -> Iterator[PolicyProblem]:
    """Of a checklist's own condition it is said once, where that stands."""
    if when.strip() != ALWAYS:
        yield from _condition(whole, part.document, at, part.asked(when), what)


def _condition(whole: Whole, document: Document, at: Location, expression: str, what: str) -> Iterator[PolicyProblem]:
    """What a condition comes to where an initiative can pass a gate at all."""
    if expression.strip() == ALWAYS or not document.sound(at) or whole.unsure or whole.faults(expression):
        return
    found = truth(expression, whole.values)
    if found == {Applies.NO} and Applies.YES in truth(expression, whole.values, [Tier.PROHIBITED]):
        message = f"{what} applies only at the tier prohibited, which passes no gate"
        yield document.problem(at, message, Code.ITEM_UNREACHED, level=Level.WARNING)
    elif found == {Applies.NO}:
        message = f"never holds, whatever the facts and the tier: {what} never applies"
        yield document.problem(at, message, Code.ALWAYS_FALSE, level=Level.WARNING)
    elif found == {Applies.YES}:
        message = f"always holds, whatever the facts and the tier: {what} always applies, so write “true”"
        yield document.problem(at, message, Code.ALWAYS_TRUE, level=Level.WARNING)


def _superseded(whole: Whole, document: Document, at: Location, maps: Sequence[str]) -> Iterator[PolicyProblem]:
    if "frameworks" in whole.open:
        return
    superseded = [one for _, _, one in whole.frameworks if is_superseded(one.status, one.superseded_by)]
    old = {one.id: f"was superseded by {one.superseded_by}: map to that" if one.superseded_by else "is superseded" for one in superseded}
    for number, reference in enumerate(maps):
        framework = reference.split(":")[0]
        if framework in old and document.sound((*at, number)):
            message = f"{framework} {old[framework]}"
            yield document.problem((*at, number), message, Code.SUPERSEDED_FRAMEWORK, level=Level.WARNING)
