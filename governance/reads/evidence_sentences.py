"""Sentences about what happens to evidence after it was added."""

from collections.abc import Callable, Mapping

from governance.domain.evidence_scope import ReuseEnd, ScopePart
from governance.domain.text import listed
from governance.domain.vocabulary import EvidenceKind
from governance.reads.telling import Facts, day
from governance.words import word


def _scope(body: Facts) -> str:
    return listed([f"{part.spoken} “{body[part.value]}”" for part in ScopePart if body.get(part.value)])


def _reused(body: Facts) -> str:
    kind = word(EvidenceKind(body["evidence_kind"])).past
    return f"used the {kind} “{body['title']}” ({body['source']}) as evidence {body['evidence']}, for the same {_scope(body)}"


def _ended(body: Facts) -> str:
    by = f" by {body['successor']}" if body.get("successor") else ""
    how = ReuseEnd(body["how"]).spoken
    return f"recorded that {body['source']}, from which evidence {body['evidence']} comes, was {how}{by}"


EVIDENCE_DEEDS: Mapping[str, Callable[[Facts], str]] = {
    "evidence.superseded": lambda body: f"put evidence {body['successor']} in the place of {body['evidence']}",
    "evidence.shared": lambda body: f"shared evidence {body['evidence']} with other initiatives, for {_scope(body)}",
    "evidence.withdrawn_from_sharing": lambda body: f"withdrew evidence {body['evidence']} from sharing",
    "evidence.reused": _reused,
    "evidence.reuse_ended": _ended,
    "evidence.expiry_told": lambda body: f"reminded those who use evidence {body['evidence']} that {day(body['expires'])} is its last day",
}
