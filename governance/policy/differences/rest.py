"""What a policy says besides its domain values, key by key, so that no change of meaning stays unseen.

Everything in the files that no typed change covers is compared here as it stands: waivers, incidents, rollouts, reminders, notes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from pydantic import BaseModel

from governance.domain import strictness
from governance.domain.policy import Threshold
from governance.domain.policy_changes import Change, Effect, Kind
from governance.policy.checklists import name_at
from governance.policy.differences.fields import Place
from governance.policy.models import ChecklistModel, FileModel, GateModel
from governance.policy.models_tiering import StatementModel, TranslationModel

Path: TypeAlias = tuple[str, ...]

NAMES = ("id", "key", "level", "metric")
"""What an entry of a list is called by; the first that they have."""

SEAT_KEYS = ("id", "function", "label", "covers", "when", "independent", "qualification", "order", "looks_at")
THRESHOLD_KEYS = tuple(one.name for one in fields(Threshold) if one.name not in ("per_tier", "declared", "beside"))

COVERED: tuple[Path, ...] = (
    *(("policy", key) for key in ("id", "version", "title")),
    *(("limits", "names", "*", key) for key in ("unit", "meaning")),
    *(("metrics", "*", key) for key in ("label", "unit", "good", "also_called")),
    *(("signoffs", "valid_days", tier) for tier in strictness.PASSABLE),
    ("findings", "default_due_days"),
    *(("attribution", "gate_minimum", "*", tier) for tier in strictness.PASSABLE),
    ("freshness", "default_max_age_days"),
    ("reminders", "evidence_expiry", "days_before"),
    ("pilot", "default_weeks"),
    ("pilot", "max_weeks"),
    *(("facts", "*", key) for key in ("values", "from", "ask", "said", "unless")),
    ("risk_tiering", "max_score"),
    ("risk_tiering", "bands"),
    *(("risk_tiering", "questions", "*", key) for key in ("id", "text")),
    *(("risk_tiering", "questions", "*", "options", "*", key) for key in ("key", "points", "text", "implies")),
    *(
        ("risk_tiering", kind, "*", key)
        for kind in ("hard_stops", "floors", "exceptions")
        for key in ("id", "question", "then", "maps", "when", "ask_when", "ask_when_answer", "exception", "lifts", "implies")
    ),
    *(("frameworks", "*", key) for key in ("id", "name", "version", "status", "source", "effective_from", "superseded_by")),
    ("frameworks", "*", "items", "*", "what"),
    *(("gate", "*", key) for key in ("id", "name", "kind", "question", "from", "to", "stage", "every_days", "grace_days")),
    *(("gate", "*", "seats", "*", key) for key in SEAT_KEYS),
    *(("items", "*", key) for key in ("id", "title", "owner", "severity", "question", "when", "why", "maps", "source")),
    *(("checklist", "*", key) for key in ("id", "when", "gates")),
    ("items", "*", "max_age_days"),
    ("items", "*", "evidence", "kind"),
    ("items", "*", "evidence", "requirement"),
    *(("items", "*", "threshold", *inside, key) for inside in ((), ("all_of", "*"), ("any_of", "*")) for key in THRESHOLD_KEYS),
)
"""What the typed changes tell; `*` stands for any name."""

TEXTS = frozenset(
    {"aia_analogue", "basis", "date_status", "guidance", "id_form", "informed_by", "language", "licence_note", "note", "scope_note"}
    | {"title", "typical", "version"}
)
"""Keys that explain and rule nothing."""

CATALOGUES = frozenset({"frameworks", "translation"})
"""Sections about what others ask for. Checks refer to it, and nothing that has to be done follows from it alone."""

LOWER_IS_STRICTER: tuple[Path, ...] = (
    ("waivers", "max_days", "*"),
    ("waivers", "renewals", "max"),
    ("waivers", "on_expiry", "grace_days"),
    ("waivers", "on_expiry", "suspended_after_days"),
    ("signoffs", "conditions", "max_days"),
    ("incidents", "external_clocks_days", "*"),
    ("rollout_profiles", "*", "failure_limit"),
    ("rollout_profiles", "approval_of_limited_expires_days", "*"),
    ("brought_in", "regularise_within_days", "*"),
)
HIGHER_IS_STRICTER: tuple[Path, ...] = (
    ("retention", "evidence_years", "*"),
    ("retention", "dossiers_and_packs_years"),
    ("retention", "measurements_years"),
)


THINGS: tuple[Path, ...] = (
    ("facts", "*"),
    ("frameworks", "*"),
    ("frameworks", "*", "items", "*"),
    ("gate", "*"),
    ("gate", "*", "seats", "*"),
    ("items", "*"),
    ("checklist", "*"),
    ("limits", "names", "*"),
    ("metrics", "*"),
    ("risk_tiering", "questions", "*", "options", "*"),
    *(("risk_tiering", kind, "*") for kind in ("questions", "hard_stops", "floors", "exceptions")),
)
"""What comes and goes as a whole; its coming or going is a typed change that speaks for everything in it."""


TOLD_AS_TEXT: Path = ("frameworks", "*", "items", "*")
"""A clause that is only a title; one that is more has its title covered, and the rest of it is compared here."""


@dataclass
class Signs:
    """A place in the tree of all these patterns, so that each key of a file is looked at once."""

    below: dict[str, "Signs"] = field(default_factory=dict)
    covered: bool = False
    thing: bool = False
    told_as_text: bool = False

    def at(self, pattern: Path) -> "Signs":
        return self.below.setdefault(pattern[0], Signs()).at(pattern[1:]) if pattern else self


def _tree() -> Signs:
    root = Signs()
    for pattern in COVERED:
        root.at(pattern).covered = True
    for pattern in THINGS:
        root.at(pattern).thing = True
    root.at(TOLD_AS_TEXT).told_as_text = True
    return root


SIGNS = _tree()


def _below(signs: Sequence[Signs], key: str) -> Sequence[Signs]:
    return [sign.below[name] for sign in signs for name in (key, "*") if name in sign.below]


@dataclass(frozen=True, slots=True)
class Rest:
    """What the files say that no typed change covers, by its path; and the things that stand in them."""

    leaves: Mapping[Path, Any]
    things: frozenset[Path]


def rest_of(models: Sequence[FileModel]) -> Rest:
    walk = _Walk()
    for model in models:
        for section in model.model_fields_set:
            content = getattr(model, section)
            if isinstance(content, GateModel):
                walk.gate(content)
            elif isinstance(content, ChecklistModel):
                walk.checklist(content)
            elif isinstance(content, TranslationModel):
                walk.visit((section, content.language), _said(content), [])
            else:
                walk.visit((section,), content, _below([SIGNS], section))
    return Rest(walk.leaves, frozenset(walk.things))


class _Walk:
    """Goes through the files and leaves out what is covered. `signs` are the places of the tree of patterns that fit so far."""

    def __init__(self) -> None:
        self.leaves: dict[Path, Any] = {}
        self.things: set[Path] = set()

    def gate(self, model: GateModel) -> None:
        """A check is found by its id at whatever gate it stands."""
        said = {key: inner for key, inner in _said(model).items() if key != "items"}
        self.visit(("gate", model.id), said, _below(_below([SIGNS], "gate"), model.id))
        self.visit(("items",), model.items, _below([SIGNS], "items"))

    def checklist(self, model: ChecklistModel) -> None:
        """What it adds is found at each of its gates, as if it stood there."""
        said = {key: inner for key, inner in _said(model).items() if key not in ("items", "seats")}
        self.visit(("checklist", model.id), said, _below(_below([SIGNS], "checklist"), model.id))
        for gate in model.gates:
            self.visit(("items",), {name_at(gate, item.id): item for item in model.items}, _below([SIGNS], "items"))
            of_gate = _below(_below([SIGNS], "gate"), gate)
            self.visit(("gate", gate, "seats"), {seat.id: seat for seat in model.seats}, _below(of_gate, "seats"))

    def visit(self, at: Path, content: Any, signs: Sequence[Signs]) -> None:
        if any(sign.thing for sign in signs):
            self.things.add(at)
        if content is None or any(sign.covered for sign in signs):
            return
        match content:
            case BaseModel():
                self.visit_each(at, _said(content), signs)
            case dict():
                self.visit_each(at, content, signs)
            case list() if content and all(isinstance(entry, BaseModel) for entry in content):
                name = next((name for name in NAMES if hasattr(content[0], name)), None)
                self.visit_each(at, {getattr(entry, name) if name else number: entry for number, entry in enumerate(content, 1)}, signs)
            case list():
                self.leaves[at] = tuple(map(str, content))
            case str() if any(sign.told_as_text for sign in signs):
                return
            case _:
                self.leaves[at] = content

    def visit_each(self, at: Path, content: Mapping[Any, Any], signs: Sequence[Signs]) -> None:
        for key, inner in content.items():
            self.visit((*at, str(key)), inner, _below(signs, str(key)))


def _said(model: BaseModel) -> dict[str, Any]:
    """Every key as it is written in the file, with what stands there or counts where nothing does.

    The label of a statement that nobody is asked stands in for its question, which a typed change tells.
    """
    said = {field.alias or name: getattr(model, name) for name, field in type(model).model_fields.items()}
    if isinstance(model, StatementModel) and model.question is None:
        del said["label"]
    return said


def _fits(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(wanted in ("*", part) for part, wanted in zip(path, pattern, strict=True))


def changes(before: Rest, after: Rest, gate_of: Mapping[str, str]) -> Iterator[Change]:
    """`gate_of` says at which gate a check stands."""
    alone = before.things ^ after.things
    for path in sorted(before.leaves.keys() | after.leaves.keys()):
        old, new = before.leaves.get(path), after.leaves.get(path)
        if old != new and not any(path[:length] in alone for length in range(2, len(path))):
            yield _place(path, gate_of).change(Kind.SECTION, _effect(path, old, new), _text(old), _text(new), detail=".".join(path))


def _place(path: Path, gate_of: Mapping[str, str]) -> Place:
    """What is said at a gate or of a check belongs there."""
    match path:
        case ("gate", gate, *_):
            return Place(gate)
        case ("items", item, *_):
            return Place(gate_of.get(item), item)
        case _:
            return Place()


def _effect(path: Path, before: Any, after: Any) -> Effect:
    if path[0] in CATALOGUES or path[-1] in TEXTS:
        return Effect.NEITHER
    if any(_fits(path, pattern) for pattern in LOWER_IS_STRICTER):
        return strictness.lower(before, after)
    if any(_fits(path, pattern) for pattern in HIGHER_IS_STRICTER):
        return strictness.higher(before, after)
    return Effect.UNCLEAR


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, tuple) else str(value)
