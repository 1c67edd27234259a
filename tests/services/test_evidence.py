"""Evidence is what its kind says, whatever else is sent along."""

from dataclasses import replace

import pytest

from governance.domain.dossier import digest
from governance.domain.vocabulary import EvidenceKind
from governance.ledger.verify import verify
from governance.models.answers import Evidence
from governance.models.ledger import Words
from governance.services import answers
from governance.services.answers import StoredFile
from tests.services.conftest import House, evidence

EVERYTHING = {
    "file": StoredFile("cd" * 32, "report.pdf", "application/pdf", 12),
    "address": "https://evidence.example/paper",
    "statement": "I confirm it.",
}


@pytest.mark.parametrize("kind", EvidenceKind)
def test_a_piece_is_kept_as_its_kind_and_the_ledger_verifies(house: House, kind: EvidenceKind) -> None:
    house.register()
    new = replace(evidence(kind, house.now), **EVERYTHING)

    piece = house.act("lena", lambda log: answers.add_evidence(log, "AI-0001", new))

    with house.read() as session:
        row = session.get_one(Evidence, piece)
        kept = session.get(Words, row.digest)
        assert not verify(session).problems
    match kind:
        case EvidenceKind.LINK:
            assert (row.digest, row.address, row.file_name) == (digest("https://evidence.example/paper"), EVERYTHING["address"], None)
        case EvidenceKind.ATTESTATION:
            assert kept and (kept.text, row.address, row.file_name) == ("I confirm it.", None, None)
        case _:
            assert (row.digest, row.address, row.file_name, kept) == ("cd" * 32, None, "report.pdf", None)
