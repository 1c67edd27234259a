"""The questionnaire in other languages: read by people, and nothing of it decides anything."""

from dataclasses import replace
from pathlib import Path

import pytest

from governance.domain.policy_changes import Effect
from governance.policy.checking import warnings_of
from governance.policy.differences.whole import differences, rules_of
from governance.policy.loader import digest_of, parse_policy, texts_in
from governance.policy.problems import PolicyError

BASE = {name: text for name, text in texts_in(Path(__file__).parent / "broken" / "base")[0].items() if name != "words.yaml"}
WORDS = {
    "Q1": "Welche Daten?",
    "Q1.none": "keine",
    "Q1.personal": "personenbezogene",
    "Q2": "Wie viele Menschen?",
    "Q2.few": "wenige",
    "Q2.many": "viele",
    "HS1": "Ist es verboten?",
    "FL1": "Ist es hochriskant?",
    "FL2": "Läuft es anderswo?",
    "FL1X": "Gibt es eine Ausnahme?",
    "facts.hosting": "Wo läuft es?",
}


def in_german(words: dict[str, str], language: str = "de") -> dict[str, str]:
    lines = [f'    "{name}": "{text}"' for name, text in words.items()]
    return {f"{language}.yaml": "\n".join(["translation:", f"  language: {language}", "  name: Deutsch", "  texts:", *lines, ""])}


def test_words_stand_beside_those_of_the_policy_and_change_nothing_that_decides() -> None:
    alone, policy = parse_policy(BASE), parse_policy({**BASE, **in_german(WORDS)})

    assert policy.translations["de"].texts == WORDS and policy.translations["de"].name == "Deutsch"
    assert replace(policy, translations={}, digest=alone.digest) == alone
    assert policy.digest == digest_of({**BASE, **in_german(WORDS)}), "they are part of what is published"


def test_a_whole_translation_has_no_warning_and_what_is_missing_is_named() -> None:
    assert warnings_of({**BASE, **in_german(WORDS)}) == ()

    [few] = warnings_of({**BASE, **in_german({name: text for name, text in WORDS.items() if not name.startswith("Q2")})})
    assert (few.file, few.line, few.code) == ("de.yaml", 5, "untranslated")
    assert few.message == f"3 of {len(WORDS)} texts have no words in “de”: Q2, Q2.few, Q2.many"


def test_a_language_stands_once_and_another_beside_it() -> None:
    twice = {**BASE, **in_german(WORDS), "more.yaml": in_german(WORDS)["de.yaml"]}
    with pytest.raises(PolicyError, match=r"duplicate language “de” \(first at de.yaml:2\)"):
        parse_policy(twice)

    assert parse_policy({**BASE, **in_german(WORDS), **in_german(WORDS, "de-CH")}).translations.keys() == {"de", "de-CH"}


@pytest.mark.parametrize(("first", "second"), [("de-CH", "de-ch"), ("pt-BR", "pt-br")])
def test_a_language_with_other_capitals_is_the_same(first: str, second: str) -> None:
    twice = {**BASE, "a.yaml": in_german(WORDS, first)[f"{first}.yaml"], "b.yaml": in_german(WORDS, second)[f"{second}.yaml"]}

    with pytest.raises(PolicyError, match=rf"b.yaml:2:13: duplicate language “{second}” \(first at a.yaml:2\)"):
        parse_policy(twice)


def test_other_words_in_the_language_of_the_policy_are_refused() -> None:
    """They would be read in the place of those that stand in the record."""
    with pytest.raises(PolicyError, match=r"en.yaml:2:13: the words of the policy itself are in “en”"):
        parse_policy({**BASE, **in_german(WORDS, "en")})


@pytest.mark.parametrize(("tag", "fits"), [("pt-BR", True), ("sr-Latn-RS", True), ("german", False), ("d", False), ("de_CH", False)])
def test_a_language_is_a_tag(tag: str, fits: bool) -> None:
    texts = {**BASE, **in_german(WORDS, tag)}
    if fits:
        assert tag in parse_policy(texts).translations
    else:
        with pytest.raises(PolicyError, match=r":2:13: language: “.*” is not written as asked for"):
            parse_policy(texts)


def test_other_words_are_told_and_ask_for_neither_more_nor_less() -> None:
    before, after = rules_of({**BASE, **in_german(WORDS)}), rules_of({**BASE, **in_german({**WORDS, "Q1": "Was für Daten?"})})

    [change] = differences(before, after)
    assert (change.detail, change.before, change.after, change.effect) == (
        "translation.de.texts.Q1",
        "Welche Daten?",
        "Was für Daten?",
        Effect.NEITHER,
    )
    assert {change.effect for change in differences(rules_of(BASE), before)} == {Effect.NEITHER}
