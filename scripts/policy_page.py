"""Writes docs/policy-reference.md and policies/policy.schema.json from the models of policy files: `make docs`."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from governance.policy.codes import MEANINGS, Code
from governance.policy.fielddocs import fields_of, models_below
from governance.policy.models import REQUIRED, TITLE, FileModel
from governance.policy.reader import read
from governance.policy.schema import FILE, schema_of, text

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs" / "policy-reference.md"
SCHEMA = TOP / "policies" / FILE
SHIPPED, CHECKLISTS = TOP / "policies" / "stage-gates", TOP / "policies" / "checklists"
LONGEST = 110

UNUSED: dict[tuple[str, str], Any] = {
    ("Head", "time_zone"): "Europe/Copenhagen",
    ("Head", "language"): "en",
    ("FileModel", "translation"): {"language": "de", "name": "Deutsch", "texts": {"Q1": "Wer entscheidet?"}},
    ("TranslationModel", "language"): "de",
    ("TranslationModel", "name"): "Deutsch",
    ("TranslationModel", "texts"): {"Q1": "Wer entscheidet?", "Q1.recommend": "ein Mensch, auf Vorschlag"},
    ("ChecklistModel", "seats"): [{"id": "vendor_risk", "function": "it_ops", "label": "Vendor risk", "covers": ["common", "it_ops"]}],
    ("QuestionModel", "several"): "sum",
    ("QuestionModel", "most"): 6,
    ("QuestionModel", "weight"): Decimal("1.5"),
    ("QuestionModel", "ask_when"): "facts.personal_data",
    ("QuestionModel", "ask_when_answer"): {"Q1": ["decide_sampled", "decide_auto"]},
    ("QuestionModel", "mitigates"): True,
    ("TieringModel", "measure"): "share",
    ("TieringModel", "of_asked"): True,
    ("TieringModel", "places"): 2,
    ("TieringModel", "rounding"): "half_even",
    ("TieringModel", "deduction"): {"most": Decimal("0.15"), "from_share": Decimal("0.8")},
    ("DeductionModel", "most"): Decimal("0.15"),
    ("DeductionModel", "from_share"): Decimal("0.8"),
}
"""Examples of keys that the shipped policy does not use."""

HEAD = """# What may stand in a policy

A policy is a folder of `.yaml` files. Each section stands in one file, whichever; each file may have one `gate` or one
`checklist` beside, and `metrics`, `frameworks` and `translation` may stand in several, so that a checklist brings its metrics along, and an
imported catalogue and each language have files of their own. Unknown keys are refused.
Files are stricter than YAML: no anchors, aliases, tags or merges; `yes`, `no`, `on` and `off` are words, only `true` and `false`
are not; numbers are exact. `governance policy check FOLDER` names every error at once, with file, line and column.

Editors complete and check keys where a file begins with `# yaml-language-server: $schema=../policy.schema.json` (the way to the file that
`governance policy schema` prints). A key in **bold** has to be there. Examples are taken from the shipped policy, shortened with “…”.

This page is written from the code (`make docs`).
"""

CODES = """
## What can be wrong

Every problem has a code that keeps its meaning, for `--format json`, `sarif` and `github`. Errors keep a policy from being used; the last
seven are warnings.

| code | meaning |
|---|---|
"""


def page() -> str:
    found = examples()
    sections = "".join(_section(model, place, found) for model, place in _places())
    return HEAD + sections + CODES + "".join(f"| `{code.value}` | {MEANINGS[code]} |\n" for code in Code)


def examples() -> dict[tuple[str, str], Any]:
    """For each key of each model, the shortest value that the shipped policy has there, else one of ours."""
    found: dict[tuple[str, str], Any] = dict(UNUSED)
    for path in sorted([*SHIPPED.rglob("*.yaml"), *CHECKLISTS.glob("*.yaml")]):
        if "tests" not in path.parts[len(TOP.parts) :]:
            data = read(path.name, path.read_text(encoding="utf-8")).data
            for name, key, value in _used(FileModel.model_validate(data), data):
                if (name, key) not in found or len(_written(value)) < len(_written(found[name, key])):
                    found[name, key] = value
    return found


def _used(value: Any, raw: Any) -> Iterator[tuple[str, str, Any]]:
    """Every key that is used in a model and below it, with what stands there."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            if key in raw and raw[key] is not None:
                yield type(value).__name__, key, raw[key]
                yield from _used(getattr(value, name), raw[key])
    elif isinstance(value, list) and isinstance(raw, list):
        for inner, part in zip(value, raw, strict=True):
            yield from _used(inner, part)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _used(inner, raw[key])


def _places() -> list[tuple[type[BaseModel], str]]:
    """Every model with the place where it is first met, such as `gate.items[]`."""
    found: dict[type[BaseModel], str] = {FileModel: ""}
    for model in models_below(FileModel):
        for name, field in model.model_fields.items():
            for inner, mark in _inside(field.annotation):
                found.setdefault(inner, f"{found[model]}.{field.alias or name}{mark}".lstrip("."))
    return [(model, found[model]) for model in models_below(FileModel)]


def _inside(annotation: Any, mark: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, mark
    origin = getattr(annotation, "__origin__", None)
    for part in getattr(annotation, "__args__", ()):
        yield from _inside(part, {list: "[]", dict: ".NAME"}.get(origin, mark))


def _section(model: type[BaseModel], place: str, found: dict[tuple[str, str], Any]) -> str:
    title = f"`{place}`" if place else "A file"
    lines = ["", f"## {title}", "", *_intro(model), "| key | what | meaning | example |", "|---|---|---|---|"]
    node = schema_of(model)
    node = node["$defs"][model.__name__] if "$ref" in node else node
    for key, words in fields_of(model).items():
        needed = key in node.get("required", ()) or (model is FileModel and key in (*REQUIRED, "gate"))
        name = f"**`{key}`**" if needed else f"`{key}`"
        lines.append(f"| {name} | {_kind(node['properties'][key], schema_of(model))} | {words} | {_cell(found[model.__name__, key])} |")
    return "\n".join(lines) + "\n"


def _intro(model: type[BaseModel]) -> list[str]:
    own = (model.__doc__ or "").strip().splitlines()[:1] if "__doc__" in vars(model) else []
    return [own[0], ""] if own and own[0] else []


def _kind(node: dict[str, Any], root: dict[str, Any]) -> str:
    """What stands at a key, in words."""
    if "$ref" in node:
        return _kind(root["$defs"][node["$ref"].rsplit("/", 1)[-1]], root)
    if inner := node.get("anyOf") or node.get("oneOf"):
        return " or ".join(dict.fromkeys(kind for part in inner if (kind := _kind(part, root)) != "nothing"))
    if "enum" in node or "const" in node:
        return ", ".join(f"`{word}`" for word in node.get("enum", [node.get("const")]))
    match node.get("type"):
        case "array":
            return f"list of {_kind(node['items'], root)}"
        case "object":
            return "names with values" if "properties" not in node else "keys and values"
        case "integer":
            bounds = [f"{said} {node[key]:,}" for key, said in (("minimum", "from"), ("maximum", "to")) if key in node]
            return " ".join(["whole number", *bounds])
        case list():
            return "number"
        case kind:
            return {"string": "text", "number": "number", "boolean": "`true`, `false`", "null": "nothing"}.get(str(kind), "anything")


def _written(value: Any) -> str:
    """A value as it stands in a file, on one line."""
    plain = json.loads(json.dumps(value, default=float)) if not isinstance(value, Decimal) else float(value)
    dumped = yaml.safe_dump(plain, default_flow_style=True, width=1_000_000, allow_unicode=True, sort_keys=False)
    return dumped.strip().removesuffix("...").strip()


def _cell(value: Any) -> str:
    written = _written(value)
    short = written if len(written) <= LONGEST else f"{written[:LONGEST].rsplit(' ', 1)[0]} …"
    return f"`` {short} ``".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(text(FileModel, TITLE), encoding="utf-8")
