"""Sentences about proposals that a check does not apply."""

from collections.abc import Callable, Mapping

from governance.domain.vocabulary import Confirmation
from governance.reads.telling import Facts
from governance.words import word


def _decided(body: Facts) -> str:
    return f"decided on proposal {body['exclusion']} that a check does not apply: {word(Confirmation(body['decision'])).past}"


EXCLUSION_DEEDS: Mapping[str, Callable[[Facts], str]] = {
    "exclusion.proposed": lambda body: f"proposed that check {body['item']} does not apply to {body['initiative']} ({body['exclusion']})",
    "exclusion.decided": _decided,
    "exclusion.withdrawn": lambda body: f"withdrew proposal {body['exclusion']} that a check does not apply",
}
