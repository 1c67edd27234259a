"""What can happen to the ML Test Score of an initiative."""

import msgspec

from governance.domain.ml_test_score import Practice
from governance.ledger.book import Book, Event, event
from governance.models.ml_test_score import MlTestScore


class TestDone(msgspec.Struct, frozen=True, kw_only=True):
    """One test as it was answered; part of a form, never an event of its own."""

    practice: Practice
    proof: str


@event("ml_test_score.filled")
class MlTestScoreFilled(Event, frozen=True, kw_only=True):
    """The whole form, as it is from now on. The score is worked out from it."""

    initiative: str
    rubric: str
    model_version: str
    tests: dict[str, TestDone]

    def apply(self, book: Book) -> None:
        book.put(
            MlTestScore(
                initiative_key=self.initiative,
                rubric=self.rubric,
                model_version=self.model_version,
                tests={test: {"practice": done.practice.value, "proof": done.proof} for test, done in self.tests.items()},
                by=book.by,
                at=book.at,
            )
        )
