"""What can happen to a policy."""

from governance.ledger.book import Book, Event, event
from governance.models.policies import CurrentPolicy, PublishedPolicy


@event("policy.published")
class PolicyPublished(Event, frozen=True, kw_only=True):
    """These texts are the rules from now on. Requests already submitted keep theirs."""

    policy: str
    version: str
    title: str
    digest: str
    files: dict[str, str]

    def apply(self, book: Book) -> None:
        if book.find(PublishedPolicy, self.digest) is None:
            book.add(self._row(book))
        book.put(CurrentPolicy(id=self.policy, digest=self.digest))

    def words_kept(self) -> list[str | None]:
        return [*self.files.values()]

    def _row(self, book: Book) -> PublishedPolicy:
        return PublishedPolicy(
            digest=self.digest, id=self.policy, version=self.version, title=self.title, files=self.files, by=book.by, at=book.at
        )
