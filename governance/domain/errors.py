"""What a rule answers when it says no. Each door maps these to its own way of saying so, once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in the way: a stable code, a sentence for the person, and the field or item it is about."""

    code: str
    message: str
    about: str | None = None


class Refused(Exception):
    """What stands in the way, who can help, what to do: one sentence, plus the complete list where there are several."""

    code = "refused"

    def __init__(self, message: str, *problems: Problem) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems


class NotAllowed(Refused):
    """This person may not do this (HTTP 403)."""

    code = "not_allowed"


class RuleBroken(Refused):
    """Nobody may do this as things stand, or what was sent does not hold up (HTTP 422)."""

    code = "rule_broken"


class Conflict(Refused):
    """Something changed in between (HTTP 409)."""

    code = "conflict"


class AwaitsRecovery(Refused):
    """The record came from a backup, and its administrators have yet to confirm that it may go on (HTTP 503)."""

    code = "awaits_recovery"

    def __init__(self) -> None:
        super().__init__(
            "This record was restored from a backup, and nothing new goes into it until its administrators have confirmed that. "
            "Ask them to open the page “Recovery”."
        )


class NotThere(Refused):
    """It does not exist, or this person may not know that it does (HTTP 404)."""

    code = "not_found"


class Hidden(NotThere):
    """It exists, and this person may not know: doors answer exactly as above, and put the denial on their log."""
