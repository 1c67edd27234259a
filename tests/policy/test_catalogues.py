"""Catalogues of other tools: read whole or refused with every fault, and written so that a policy takes them."""

import copy
import json
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from governance.domain.errors import RuleBroken
from governance.paths import policies_directory
from governance.policy.catalogues.catalogue import UNWRITTEN, named, one_line
from governance.policy.catalogues.importing import LARGEST, Imported, imported
from governance.policy.checking import check
from governance.policy.differences.whole import differences, rules_of
from governance.policy.loader import load_policy
from tests.policy.catalogues import CISO, as_bytes, oscal

SHIPPED = policies_directory() / "stage-gates"


def read(content: bytes | str | dict[str, Any], **how: Any) -> Imported:
    given = as_bytes(content) if isinstance(content, dict) else content if isinstance(content, bytes) else content.encode()
    return imported("their file", given, **how)


def faults(content: bytes | str | dict[str, Any], **how: Any) -> list[str]:
    with pytest.raises(RuleBroken) as refused:
        read(content, **how)
    return [problem.message for problem in refused.value.problems]


def in_a_policy(made: Imported, folder: Path, *edits: tuple[str, str]) -> Path:
    """The shipped policy with the catalogue as one more file."""
    for name, text in load_policy(SHIPPED).texts.items():
        said = reduce(lambda before, edit: before.replace(*edit), edits, text)
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(said, encoding="utf-8")
    (folder / "imported.yaml").write_text(made.text, encoding="utf-8")
    return folder


def test_oscal_gives_every_control_in_its_order(tmp_path: Path) -> None:
    made = read(oscal())

    [one] = made.catalogues
    assert (one.id, one.name, one.version) == ("HARBOUR-CODE-FOR-LEARNING-MACHINES", "Harbour Code for Learning Machines", "2.1")
    assert [clause.id for clause in one.clauses] == ["loose", "hb-3", "hb-1", "hb-1.1"]
    assert one.licence == "CC0 1.0"
    assert one.left_out[0] == "1 withdrawn control"


def test_ciso_assistant_gives_every_assessable_node() -> None:
    made = read(CISO)

    [one] = made.catalogues
    assert (one.id, one.name, one.version) == ("HCLM", "Harbour Code", "library version 3")
    assert [(clause.id, clause.title) for clause in one.clauses] == [("1.1", "Moor the model"), ("1.2", "Ring the bell each hour.")]
    assert one.licence == "Harbour Board, CC0 1.0"
    assert one.left_out == ("1 heading", "descriptions, questions and translations", "reference controls")


@pytest.mark.parametrize("content", [oscal(), CISO], ids=["oscal", "ciso"])
@pytest.mark.parametrize("with_text", [True, False])
def test_the_policy_takes_what_is_written(content: Any, with_text: bool, tmp_path: Path) -> None:
    made = read(content, framework_id="HARBOUR", with_text=with_text)
    folder = in_a_policy(
        made, tmp_path, ('maps: ["NIST-AI-RMF:MAP-1.4"', f'maps: ["HARBOUR:{made.catalogues[0].clauses[0].id}", "NIST-AI-RMF:MAP-1.4"')
    )

    checked = check(folder)
    found = load_policy(folder).policy.frameworks
    assert (checked.errors, checked.warnings) == (0, check(SHIPPED).warnings)
    assert list(found)[:1] != ["HARBOUR"] and set(found) == {*load_policy(SHIPPED).policy.frameworks, "HARBOUR"}
    assert [(clause.id, clause.title) for clause in found["HARBOUR"].clauses] == [
        (one.id, (one.title if with_text else None) or UNWRITTEN) for one in made.catalogues[0].clauses
    ]
    assert found["HARBOUR"].version == made.catalogues[0].version


def test_without_with_text_no_title_of_the_source_is_kept() -> None:
    for content in (oscal(), CISO):
        for title in ("Moor", "bell", "tide", "Ring"):
            assert title not in read(content).text
        assert "Moor the model" in read(content, with_text=True).text


def test_a_diff_tells_the_catalogue_that_came(tmp_path: Path) -> None:
    before, after = load_policy(SHIPPED).texts, load_policy(in_a_policy(read(CISO), tmp_path)).texts

    assert [(change.kind.value, change.part) for change in differences(rules_of(before), rules_of(after))] == [("framework.added", "HCLM")]


def test_the_same_id_in_two_files_is_a_fault(tmp_path: Path) -> None:
    folder = in_a_policy(read(CISO, framework_id="ISO-42001"), tmp_path)

    assert any("duplicate framework id “ISO-42001”" in problem.message for problem in check(folder).problems)


def changed(change: Callable[[Any], object]) -> dict[str, Any]:
    found = copy.deepcopy(oscal())
    change(found["catalog"])
    return found


GROUP = "catalog.groups[0]"
BROKEN_OSCAL: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": (changed(lambda c: c["groups"][0].update(tilte="x")), f"{GROUP}.tilte: unknown key “tilte” (did you mean “title”?)"),
    "no title": (changed(lambda c: c["groups"][0]["controls"][1].pop("title")), f"{GROUP}.controls[1]: missing key “title”"),
    "no metadata": (changed(lambda c: c.pop("metadata")), "catalog: missing key “metadata”"),
    "another version": (changed(lambda c: c["metadata"].update({"oscal-version": "2.0"})), "catalog.metadata.oscal-version: a version 1 of OSCAL is expected, not “2.0”"),
    "no UUID": (changed(lambda c: c.update(uuid="no")), "catalog.uuid: a UUID is expected, not “no”"),
    "a number as a title": (changed(lambda c: c["controls"][0].update(title=3)), "catalog.controls[0].title: a text is expected, not a number"),
    "an empty title": (changed(lambda c: c["controls"][0].update(title="  ")), "catalog.controls[0].title: a text is expected, and it is empty"),
    "controls that are no list": (changed(lambda c: c.update(controls={})), "catalog.controls: a list is expected, not keys and values"),
    "a control that is a text": (changed(lambda c: c.update(controls=["x"])), "catalog.controls[0]: keys and values are expected, not a text"),
    "an id twice": (changed(lambda c: c["controls"][0].update(id="hb-3")), f"{GROUP}.controls[1].id: the id “hb-3” is taken already by catalog.controls[0]"),
    "an id with a blank": (changed(lambda c: c["controls"][0].update(id="a b")), "catalog.controls[0].id: an id (a letter, then letters, digits, points, hyphens) is expected, not “a b”"),
    "an id without end": (changed(lambda c: c["controls"][0].update(id="x" * 81)), "catalog.controls[0].id: an id of at most 80 plain signs is expected"),
    "an id of another script": (changed(lambda c: c["controls"][0].update(id="аб")), "catalog.controls[0].id: an id of at most 80 plain signs is expected"),
    "a NUL": (changed(lambda c: c["controls"][0].update(title="a\0b")), "catalog.controls[0].title: it holds a NUL, which no text here may"),
    "nothing in it": (changed(lambda c: (c.pop("groups"), c.pop("controls"))), "catalog: no control is in it"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN_OSCAL)
def test_what_is_wrong_in_a_catalog_is_named_by_its_path(broken: str) -> None:
    content, said = BROKEN_OSCAL[broken]

    assert faults(content) == [said]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"catalog": ', "it is no JSON: expecting value at line 1, column 13"),
        (b'{"catalog": {"a": NaN}}', "it is no JSON: NaN is no number"),
        (b"[]", "the object of an OSCAL catalog is expected: {“catalog”: …}"),
        (b"{}", "the object of an OSCAL catalog is expected: {“catalog”: …}"),
        (b'{"catalogue": {}}', "missing key “catalog”, there is “catalogue” (did you mean “catalog”?)"),
        (b'{"profile": {}}', "it is an OSCAL profile, and only a catalog can be imported (resolve a profile into one first)"),
        (b"[" * 100_000, "it is nested deeper than 40 levels"),
        (b'{"a":' * 41 + b"1" + b"}" * 41, "it is nested deeper than 40 levels"),
        (b'{"' + b'\\"' * 200_000, "it is no JSON: unterminated string starting at at line 1, column 2"),
        (b"", "it is empty"),
        (b"  \n ", "it is empty"),
        (b"\xff\xfe{", "it is not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "it starts with a byte order mark: save it as plain UTF-8"),
        (b"urn: a\0b", "it holds a NUL at byte 6"),
        (b" " * (LARGEST + 1), "it is larger than 20,000,000 bytes"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else "",
)
def test_bad_bytes_get_one_sentence(content: bytes, said: str) -> None:
    assert faults(content) == [said]


def test_a_key_that_stands_twice_is_a_fault() -> None:
    text = json.dumps(oscal()).replace('"title": "Ring the bell"', '"title": "Ring the bell", "title": "Ring it twice"')

    assert faults(text) == ["the whole file: the key “title” stands twice in one place"]


def test_half_a_character_is_a_fault() -> None:
    text = json.dumps(oscal()).replace("Ring the bell", "Ring \\ud800")

    assert faults(text) == [f"{GROUP}.controls[0].title: it holds half a character (a lone surrogate)"]


def test_all_faults_come_at_once_and_of_very_many_the_first() -> None:
    two = changed(lambda c: (c["controls"][0].pop("id"), c["groups"][0].pop("title")))
    many = changed(lambda c: c.update(controls=[{"id": f"c{number}"} for number in range(70)]))

    assert faults(two) == [f"{GROUP}: missing key “title”", "catalog.controls[0]: missing key “id”"]
    assert len(faults(many)) == 51 and faults(many)[-1] == "and 20 more, shown when these are mended"


BROKEN_CISO: dict[str, tuple[str, str, str]] = {
    "an unknown key": ("      name: Quay\n", "      nmae: Quay\n", "their file:31:7: unknown key “nmae” (did you mean “name”?)"),
    "no locale": ("locale: en\n", "", "their file:1:1: missing key “locale”"),
    "no ref_id": ("    ref_id: HCLM\n    name", "    name", "their file:19:5: missing key “ref_id”"),
    "a word for true": ("assessable: true\n      depth: 2\n      parent_urn: urn", "assessable: yes\n      depth: 2\n      parent_urn: urn", "their file:33:19: true or false is expected, not a text"),
    "no URN": ("urn: urn:harbour:risk:req_node:hclm:1.2", "urn: hclm 1.2", "their file:43:12: a URN (urn:…:…) is expected, not “hclm 1.2”"),
    "a URN twice": ("req_node:hclm:1.2\n", "req_node:hclm:1.1\n", "their file:43:12: the URN “urn:harbour:risk:req_node:hclm:1.1” stands twice"),
    "a parent that is not there": ("URN:harbour:risk:req_node:hclm:1\n", "urn:harbour:risk:req_node:hclm:9\n", "their file:46:19: the parent “urn:harbour:risk:req_node:hclm:9” is no node of this framework (did you mean “urn:harbour:risk:req_node:hclm:1”?)"),
    "its own parent": ("URN:harbour:risk:req_node:hclm:1\n", "urn:harbour:risk:req_node:hclm:1.2\n", "their file:46:19: its parents lead back to itself"),
    "an id twice": ("      description: |", "      ref_id: '1.1'\n      description: |", "their file:47:15: the id “1.1” is taken already by node 2 of the list"),
    "an id of another script": ("ref_id: 1.1", "ref_id: аб", "their file:36:15: an id of at most 80 plain signs is expected, not “аб”"),
    "no framework": ("  framework:\n", "  metric_definitions:\n", "their file:16:3: no framework is in it"),
    "a key twice": ("ref_id: '1'", "depth: 1", "their file:30:7: duplicate key “depth” (first on line 29)"),
    "an anchor": ("name: Quay", "name: &quay Quay", "their file:31:13: anchors and aliases are not allowed: write it out"),
    "a tag": ("name: Quay", "name: !!binary Quay", "their file:31:13: tags are not allowed"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN_CISO)
def test_what_is_wrong_in_a_library_is_named_by_line_and_column(broken: str) -> None:
    old, new, said = BROKEN_CISO[broken]
    assert CISO.count(old) == 1

    assert faults(CISO.replace(old, new)) == [said]


def test_parents_in_a_circle_are_each_named() -> None:
    text = CISO.replace("      depth: 1\n", "      depth: 1\n      parent_urn: urn:harbour:risk:req_node:hclm:1.1\n")

    assert faults(text) == ["their file:30:19: its parents lead back to itself", "their file:36:19: its parents lead back to itself"]


def test_what_is_no_library_is_refused() -> None:
    assert faults("- a\n- b\n") == ["their file:1:1: the keys of a library are expected (urn, locale, objects and others)"]
    assert faults("just words") == ["their file:1:1: the keys of a library are expected (urn, locale, objects and others)"]
    assert faults("a: [") == ["their file:2:1: did not find expected node content"]
    assert "nested" in faults("a: " + "[" * 100)[0] or "deeper" in faults("a: " + "[" * 100)[0]


def test_no_node_that_can_be_assessed() -> None:
    assert faults(CISO.replace("assessable: true", "assessable: false")) == [
        "their file:27:5: no node is assessable, so there is no clause in it"
    ]


def test_several_frameworks_come_each_under_its_own_id() -> None:
    one = CISO.index("  framework:\n")
    lines = CISO[one:].splitlines()[1:]
    block = "\n".join(["    - " + lines[0].strip(), *("  " + line for line in lines[1:])])
    other = (
        block.replace("framework:hclm", "framework:other")
        .replace("ref_id: HCLM", "ref_id: other code")
        .replace("req_node:hclm", "req_node:other")
    )
    made = read(f"{CISO[:one]}  frameworks:\n{block}\n{other}\n")

    assert [catalogue.id for catalogue in made.catalogues] == ["HCLM", "OTHER-CODE"]
    with pytest.raises(RuleBroken, match="holds 2 frameworks"):
        read(f"{CISO[:one]}  frameworks:\n{block}\n{other}\n", framework_id="ONE")
    assert faults(f"{CISO[:one]}  frameworks:\n{block}\n{other.replace('other code', 'hclm')}\n") == [
        "two frameworks in it would have the id HCLM"
    ]


@pytest.mark.parametrize("wanted", ["", "1st", "a b", "a:b", "x" * 61, "../x"])
def test_an_id_that_no_mapping_can_name_is_refused(wanted: str) -> None:
    with pytest.raises(RuleBroken, match="cannot be the id of a framework"):
        read(CISO, framework_id=wanted or "-")


def test_a_catalogue_larger_than_a_policy_file_is_refused() -> None:
    many = changed(lambda c: c.update(controls=[{"id": f"c{number}", "title": "x"} for number in range(30_000)]))

    assert faults(many) == ["as a file of a policy it would be refused: larger than 1,000,000 bytes"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("Fictional AI Code 2", "FICTIONAL-AI-CODE-2"), ("Règles", "REGLES"), ("2 be", "BE"), ("数", ""), ("a" * 90, "A" * 60)],
)
def test_an_id_follows_from_a_title(title: str, name: str) -> None:
    assert named(title) == name


def test_a_title_is_one_line_of_its_own() -> None:
    assert one_line(" a\n\tb\x7f\u202ec\u2028d ") == "a b c d"
    assert len(one_line("word " * 100)) <= 300 and one_line("word " * 100).endswith("…")


def nodes(*parents: str) -> str:
    """A library of as many nodes, each under a parent."""
    head, _ = CISO.split("    requirement_nodes:\n")
    listed = [f"    - {{urn: urn:harbour:n:{n}, assessable: true, parent_urn: 'urn:harbour:{parent}'}}" for n, parent in enumerate(parents)]
    return "\n".join([f"{head}    requirement_nodes:", *listed, ""])


def test_of_very_many_faults_the_first_say_what_was_meant_and_nobody_waits_for_the_others() -> None:
    began = time.process_time()
    found = faults(nodes(*(f"m:{number}" for number in range(1_000))))

    assert time.process_time() - began < 15, "looked up for each of them it takes a minute"
    assert "did you mean “urn:harbour:n:0”" in found[0] and len(found) == 51
    assert "did you mean" not in found[49] and "is no node of this framework" in found[49]


def test_what_was_meant_is_said_of_a_few_faults_in_a_long_catalogue() -> None:
    found = faults(nodes("n:1", "m:1", *["n:0"] * 998))

    assert [message.partition(": ")[2] for message in found] == [
        "the parent “urn:harbour:m:1” is no node of this framework (did you mean “urn:harbour:n:1”?)"
    ]


@pytest.mark.parametrize("at", ["key", "value", "alone", "twice"])
def test_what_is_quoted_of_a_giant_is_short(at: str) -> None:
    giant = "x" * 1_000_000
    whole = oscal()
    match at:
        case "key":
            whole["catalog"][giant] = {giant: 1}
        case "value":
            whole["catalog"]["uuid"] = giant
        case "alone":
            whole = {giant: 1}
        case _:
            assert max(map(len, faults(f'{{"{giant}": 1, "{giant}": 2}}'))) < 1_000
            return

    assert max(map(len, faults(whole))) < 1_000


def test_what_is_quoted_of_a_giant_in_a_library_is_short() -> None:
    giant = "x" * 1_000_000

    assert max(map(len, faults(f"{CISO}'{giant}': 1\n"))) < 1_000
    assert max(map(len, faults(nodes(giant)))) < 1_000
