"""Text as doors take it and lists sort it."""

from datetime import datetime, timedelta, timezone

import pytest

from governance.domain.text import cell, fold, listed, one, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada Lind \n", "Ada Lind"),
        ("Zoe\u0308", "Zoë"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("a\tb", "a\tb"),
        ("claims\x00\x1b[31m\x7f", "claims[31m"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\ufeff=1+1", "=1+1"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
    ids=ascii,
)
def test_typed_text_keeps_what_people_type_and_nothing_that_hides(typed: str, kept: str) -> None:
    assert tidy(typed) == kept
    assert tidy(kept) == kept


@pytest.mark.parametrize(("one", "other"), [("Jürgen", "JURGEN"), ("Straße", "strasse"), ("ﬁnal", "final"), ("Zoë", "zoe\u0308")])
def test_names_sort_and_search_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("parts", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (["a", "b", "c", "d"], "a, b, c and d")],
)
def test_things_are_listed_as_people_say_them(parts: list[str], said: str) -> None:
    assert listed(parts) == said


@pytest.mark.parametrize(("noun", "said"), [("document", "a document"), ("attestation", "an attestation")])
def test_one_of_something_has_its_article(noun: str, said: str) -> None:
    assert one(noun) == said


def test_a_moment_is_written_alike_in_every_list() -> None:
    assert cell(datetime(2026, 9, 7, 11, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-09-07T09:00:00Z"
