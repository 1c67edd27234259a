"""What a report prints of evidence: what took the place of a piece, and where one comes from."""

from governance.domain.evidence_scope import ReuseEnd
from governance.packs.record import Reused
from governance.packs.render import render_initiative
from governance.reads import reports
from governance.reads.report_evidence import evidence
from tests.services.conftest import House, house, in_review
from tests.services.test_evidence import KEY, add, supersede
from tests.services.test_sharing import DATA, OTHER, SAME, hide, reuse, shared

__all__ = ["house", "in_review"]


def test_a_report_prints_each_piece_with_what_happened_to_it(in_review: House) -> None:
    in_review.register()
    source = shared(in_review)
    made = reuse(in_review, source)
    newer = add(in_review, key=OTHER)
    supersede(in_review, source, newer)
    hide(in_review, OTHER)

    with in_review.read() as session:
        there = {piece.id: piece for piece in evidence(session, OTHER, str.capitalize)}
        record = reports.initiative_record(session, KEY)
    here = {piece.id: piece for piece in record.evidence}
    assert there[source].superseded and (there[source].superseded.by, there[source].superseded.why) == (newer, "The address moved.")
    found = here[made].reused
    assert isinstance(found, Reused)
    assert (found.source, found.author, found.dataset, found.purpose, found.model_version) == (
        source,
        "Lena",
        DATA.dataset,
        DATA.purpose,
        None,
    )
    assert (found.why, found.ended, found.successor) == (SAME.reason, ReuseEnd.SUPERSEDED, newer)
    assert all(piece.reused is None and piece.superseded is None for piece in record.evidence if piece.id != made)
    assert "Fraud scores" not in str(record), "the name of an initiative that others may not see"
    assert render_initiative(record, lambda *_: None).pdf.startswith(b"%PDF")
