"""The machine-readable record."""

import json
from dataclasses import replace

from governance.packs.record import digest, to_json
from tests.packs.samples import initiative_record, trail_record


def test_the_record_is_canonical_json_with_words_exactly_as_written():
    record = initiative_record()
    spoken = replace(record, initiative=replace(record.initiative, summary="漢字 👍 <b>\u202e"))

    text = to_json(spoken).decode()

    assert "漢字 👍 <b>\u202e" in text
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_no_number_of_the_record_is_a_float():
    def refuse(_text: str) -> None:
        raise AssertionError(_text)

    for record in (initiative_record(), trail_record()):
        json.loads(to_json(record), parse_float=refuse)


def test_equal_records_have_the_same_digest_and_any_change_another():
    record = initiative_record()

    assert digest(record) == digest(initiative_record())
    assert digest(record) != digest(replace(record, cut=replace(record.cut, leaf=record.cut.leaf + 1)))


def test_the_root_stands_for_the_cut_leaf_and_all_before_it():
    assert trail_record().cut.size == trail_record().cut.leaf + 1
