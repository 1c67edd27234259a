"""Whether a record holds what the report says of it. The report prints "without a gap"; this is where that is found out."""

from collections.abc import Iterator

from governance.packs.record import InitiativeRecord, TrailEntry, TrailRecord


def problems(record: InitiativeRecord | TrailRecord) -> list[str]:
    """What is missing or out of order, one sentence each; empty where the record may be printed."""
    found = [*_of_the_trail(record.trail, record.cut.leaf)]
    return [*found, *_of_an_initiative(record)] if isinstance(record, InitiativeRecord) else found


def _of_the_trail(trail: tuple[TrailEntry, ...], cut: int) -> Iterator[str]:
    indexes = [entry.index for entry in trail]
    if indexes != sorted(set(indexes)):
        yield "The trail is not in the order of the ledger."
    if indexes and indexes[-1] > cut:
        yield f"The trail goes on after leaf {cut}, where the report is cut."


def _of_an_initiative(record: InitiativeRecord) -> Iterator[str]:
    if [entry.seq for entry in record.trail] != list(range(1, len(record.trail) + 1)):
        yield "The trail has a gap: its entries do not run from 1 without one missing."
    if len({entry.stream for entry in record.trail}) > 1:
        yield "The trail mixes streams."
    yield from _of_references(record)
    yield from _of_sign_offs(record)
    yield from _of_exceptions(record)


def _of_references(record: InitiativeRecord) -> Iterator[str]:
    pieces = {piece.id for piece in record.evidence}
    requests = {request.id for request in record.requests}
    for request in record.requests:
        for check in request.checks:
            yield from (f"{check.item} cites {id_}, which the record does not hold." for id_ in check.evidence if id_ not in pieces)
    for finding in record.findings:
        if finding.request is not None and finding.request not in requests:
            yield f"{finding.id} was raised on {finding.request}, which the record does not hold."


def _of_exceptions(record: InitiativeRecord) -> Iterator[str]:
    places = {entry.index for entry in record.trail}
    pieces = {piece.id for piece in record.evidence}
    for one in record.exclusions:
        if one.decided is not None and one.decided.leaf not in places:
            yield f"The decision of {one.decided.name} on {one.id} names leaf {one.decided.leaf}: the trail has no such entry."
    for waiver in record.waivers:
        for given in waiver.signatures:
            if given.leaf not in places:
                yield f"The signature of {given.name} on {waiver.id} names leaf {given.leaf}: the trail has no such entry."
        yield from (f"{waiver.id} cites {id_}, which the record does not hold." for id_ in waiver.evidence if id_ not in pieces)


def _of_sign_offs(record: InitiativeRecord) -> Iterator[str]:
    """Each stands in the trail, at the place it names."""
    places = {(entry.index, entry.seq) for entry in record.trail}
    for request in record.requests:
        for given in request.sign_offs:
            if (given.leaf, given.seq) not in places:
                place = f"leaf {given.leaf}, entry {given.seq}"
                yield f"The sign-off of {given.name} on {request.id} names {place}: the trail has no such entry."
