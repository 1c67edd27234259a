"""What may stand in `frameworks`: catalogues of clauses that items map to."""

from typing import Annotated, Any, TypeAlias

from pydantic import Discriminator, Tag

from governance.policy.values import MARK, Id, Plain, Status, Strict, StringOrMore, When


class DutyModel(Strict):
    """A clause with whom it binds and from when."""

    who: str
    """Whom the clause binds."""
    what: str
    """What it asks, in our own words."""
    applies: str
    """From when, or where, it applies."""
    note: str | None = None
    """What is still open about it."""


ClauseModel: TypeAlias = Annotated[
    Annotated[str, Tag(f"{MARK}title")] | Annotated[DutyModel, Tag(f"{MARK}duty")],
    Discriminator(lambda raw: f"{MARK}duty" if isinstance(raw, dict) else f"{MARK}title"),
]


class FrameworkModel(Strict):
    id: Id
    """The catalogue's name in mappings, before the colon."""
    name: str
    """Its full name."""
    version: str
    """The edition."""
    status: Status
    """`current`, `superseded` or `verify`, with what is still open after a comma."""
    source: Annotated[list[str], StringOrMore]
    """Where its ids come from."""
    effective_from: When | None = None
    """Since when it applies, as precise as the source says."""
    effective_to: When | None = None
    """Until when it applied."""
    superseded_by: str | None = None
    """The catalogue that took its place; mappings to this one are warned of."""
    licence_note: str | None = None
    """Under which terms it may be used."""
    scope_note: str | None = None
    """What it covers here, and what not."""
    date_status: str | None = None
    """How sure its dates are."""
    id_form: str | None = None
    """How its ids are written, where they are not the source's own."""
    risks: list[str] = []
    """Risks that it names."""
    scoring: Any = None  # a framework's own scale, shown as it stands
    """Its own scale, shown as it stands."""
    bands: Any = None
    """Its own bands, shown as they stand."""
    items: dict[Plain, ClauseModel]
    """Its clauses: the id after the colon, and a short title or a duty."""
