"""Sentences about waivers."""

from collections.abc import Callable, Mapping

from governance.domain.vocabulary import Function, Standing, Tier, WaiverDecision
from governance.reads.telling import Facts, day
from governance.words import word


def _asked(body: Facts) -> str:
    follows = f", as a renewal of {body['renews']}" if body.get("renews") else ""
    return f"asked for waiver {body['waiver']} of check {body['item']} until {day(body['expires'])}{follows}, owned by {body.name('owner')}"


def _signed(body: Facts) -> str:
    return f"signed waiver {body['waiver']} for {word(Function(body['function'])).past}: {word(WaiverDecision(body['decision'])).past}"


def _expired(body: Facts) -> str:
    left = f", and nobody has confirmed that its check is met: finding {body['finding']}" if body.get("finding") else ""
    return f"recorded that waiver {body['waiver']} ended with {day(body['on'])}{left}"


def _end_moved(body: Facts) -> str:
    tier = word(Tier(body["tier"])).label.lower()
    return f"recorded that waiver {body['waiver']} ends with {day(body['expires'])}, which is as long as the tier “{tier}” allows"


def _took_effect(body: Facts) -> str:
    effect = word(Standing(body["effect"])).past
    return f"recorded that expired waiver {body['waiver']} asks for the standing “{effect}”, due since {day(body['due'][:10])}"


WAIVER_DEEDS: Mapping[str, Callable[[Facts], str]] = {
    "waiver.asked": _asked,
    "waiver.signed": _signed,
    "waiver.withdrawn": lambda body: f"withdrew waiver {body['waiver']}",
    "waiver.granted": lambda body: f"recorded that waiver {body['waiver']} has both signatures and is in force",
    "waiver.end_moved": _end_moved,
    "waiver.reminded": lambda body: f"told that waiver {body['waiver']} ends with {day(body['expires'])}",
    "waiver.expired": _expired,
    "waiver.took_effect": _took_effect,
    "waiver.ended": lambda body: (
        f"recorded that what the end of waiver {body['waiver']} led to is over: its check is {body['how'].replace('_', ' ')}"
    ),
}
