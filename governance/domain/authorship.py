"""Who wrote what a dossier rests on: nobody judges what only they wrote."""

from collections.abc import Sequence

from governance.domain.dossier import ML_TEST_SCORE, Material
from governance.domain.vocabulary import SECTION_OF, Function, Section


def authors(material: Material, section: Section) -> frozenset[str]:
    """Who wrote what a function's section rests on: evidence, and answers that carry none."""
    functions = [function for function in Function if SECTION_OF[function] is section]
    answers = [material.answers.get(planned.item.id) for function in functions for planned in material.of(function)]
    given = [answer for answer in answers if answer is not None]
    pieces = {piece.added_by for answer in given for piece in answer.evidence}
    return frozenset(pieces | {answer.by for answer in given if not answer.evidence} | _filled_in(material, functions))


def _filled_in(material: Material, functions: Sequence[Function]) -> frozenset[str]:
    """Who filled in a form that answers a check of these functions."""
    asked = any(planned.item.source == ML_TEST_SCORE for function in functions for planned in material.of(function))
    return frozenset({material.ml_test_score.by} if asked and material.ml_test_score else ())
