"""The JSON Schema of policy files: the shipped files name it and keep it, and it refuses what the program refuses."""

import json
import re
import runpy
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from governance.paths import policies_directory
from governance.policy.fielddocs import fields_of, models_below
from governance.policy.models import TITLE, FileModel
from governance.policy.reader import read
from governance.policy.schema import DIALECT, FILE, schema_of, text
from tests.policy.test_broken import CASES, HERE

SCHEMA: dict[str, Any] = json.loads(text(FileModel, TITLE))
VALIDATOR = Draft202012Validator(SCHEMA)
SHIPPED = sorted((policies_directory() / "stage-gates").rglob("*.yaml"))
SHIPPED = [path for path in SHIPPED if "tests" not in path.parts[-3:-1]]
HEADER = re.compile(r"^# yaml-language-server: \$schema=(\S+)\n")


def data(of: str) -> Any:
    return read("x.yaml", of).data


def test_it_is_a_schema_and_the_file_is_what_the_command_prints() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == DIALECT
    assert (policies_directory() / FILE).read_text(encoding="utf-8") == text(FileModel, TITLE), "make docs"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_names_it_and_keeps_it(path: Any) -> None:
    written = path.read_text(encoding="utf-8")
    named = HEADER.match(written)

    assert named and (path.parent / named[1]).resolve() == (policies_directory() / FILE).resolve()
    assert [error.message for error in VALIDATOR.iter_errors(data(written))] == []
    assert data(written) == data(HEADER.sub("", written))


def test_an_editor_that_reads_numbers_as_floats_is_content_too() -> None:
    for path in SHIPPED:
        assert VALIDATOR.is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))


SHAPES = {"unknown-key", "missing-key", "unknown-word", "wrong-type", "foreign-letter"}
LATER = {"a missing kind of evidence", "a floor without a tier"}
"""What depends on more than the shape."""


@pytest.mark.parametrize("case", [case for case in CASES if case["code"] in SHAPES], ids=lambda case: case["fault"])
def test_it_refuses_a_file_of_the_wrong_shape_as_the_program_does(case: dict[str, str]) -> None:
    sound = (HERE / "base" / case["file"]).read_text(encoding="utf-8")
    broken = sound.replace(case["find"], case["put"].replace("‸", ""), 1)

    assert VALIDATOR.is_valid(data(sound))
    assert VALIDATOR.is_valid(data(broken)) is (case["fault"] in LATER)


def test_every_key_of_every_section_says_what_it_means() -> None:
    for model in models_below(FileModel):
        keys = {field.alias or name for name, field in model.model_fields.items()}
        assert set(fields_of(model)) == keys, model.__name__
        assert all(len(words) > 5 and words.endswith((".", "`")) for words in fields_of(model).values()), model.__name__


def test_what_a_key_means_stands_in_the_schema() -> None:
    defined = {**SCHEMA["$defs"], "FileModel": SCHEMA}

    assert all(
        "description" in part for name in ("FileModel", "ItemModel", "ThresholdModel") for part in defined[name]["properties"].values()
    )
    assert all(node["additionalProperties"] is False for node in defined.values() if "properties" in node)
    assert set(schema_of(FileModel)["$defs"]) == set(SCHEMA["$defs"])


def test_every_key_of_the_reference_has_an_example_that_the_schema_takes() -> None:
    found = runpy.run_path(str(policies_directory().parent / "scripts" / "policy_page.py"))["examples"]()
    parts = {**SCHEMA["$defs"], "FileModel": SCHEMA}

    assert set(found) == {(model.__name__, key) for model in models_below(FileModel) for key in fields_of(model)}
    for (name, key), value in found.items():
        one = {**parts[name]["properties"][key], "$defs": SCHEMA["$defs"]}
        assert [error.message for error in Draft202012Validator(one).iter_errors(value)] == [], (name, key)
