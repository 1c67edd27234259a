"""What reaches the paper of a text."""

import pytest

from governance.packs.printable import printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain <b>ASCII</b> & more", "plain <b>ASCII</b> & more"),
        ("ümläuts, naïve “quotes”, 5 ≤ 6…", "ümläuts, naïve “quotes”, 5 ≤ 6…"),
        ("Ελληνικά, кириллица", "Ελληνικά, кириллица"),
        ("שלום and مرحبا", "שלום and مرحبا"),
        ("ok 👍", "ok [thumbs up sign]"),
        ("漢字", "[U+6F22 U+5B57]"),
        ("a\u0007b\u0000c", "a[U+0007]b[U+0000]c"),
        ("pay\u202eexe.gnp", "pay[right-to-left override]exe.gnp"),
        ("private \ue000", "private [U+E000]"),
        ("a lone half \ud83d", "a lone half [U+D83D]"),
        ("never assigned \u0378", "never assigned [U+0378]"),
    ],
)
def test_what_the_fonts_hold_is_printed_and_the_rest_is_spelled_out(text, printed):
    assert printable(text) == printed


def test_an_emoji_is_named_although_a_font_of_this_machine_may_hold_it():
    assert printable("😀") == "[grinning face]"


def test_a_family_of_emoji_leaves_no_joiner_behind():
    assert printable("👩\u200d💻").replace("\u200d", "") == "[woman][personal computer]"
