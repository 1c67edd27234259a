"""The forms of a page as a browser reads them: where they lead, and what it would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = frozenset({"text", "number", "date"})
KINDS = {"radio": "choice", "checkbox": "choice", "hidden": "hidden", "password": "secret", "file": "file", "date": "date"}


@dataclass
class Control:
    """One name of a form. `kind`: text, number, date, choice, hidden, secret, file or button."""

    name: str
    kind: str
    sent: list[str] = field(default_factory=list)  # by a browser, where nobody touches it
    offered: list[str] = field(default_factory=list)  # to choose from


@dataclass
class PageForm:
    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)

    @property
    def untouched(self) -> dict[str, list[str]]:
        return {name: list(control.sent) for name, control in self.controls.items() if control.kind != "file"}


class Reader(HTMLParser):
    """Collects the forms; what stands outside of one is no control."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._area: Control | None = None
        self._select: Control | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(given.get("action", ""), given.get("method", "get").lower()))
            self._inside = True
        elif tag == "option" and self._select is not None:
            self._select.offered.append(given.get("value", ""))
            if "selected" in given:
                self._select.sent = [given.get("value", "")]
        elif self._inside and given.get("name") and "disabled" not in given:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        controls = self.forms[-1].controls
        if tag == "textarea":
            self._area = controls.setdefault(given["name"], Control(given["name"], "text", [""]))
        elif tag == "select":
            self._select = controls.setdefault(given["name"], Control(given["name"], "choice"))
        elif tag in ("input", "button"):
            kind = "button" if tag == "button" else _kind(given)
            control = controls.setdefault(given["name"], Control(given["name"], kind))
            control.offered.append(given.get("value", ""))
            if kind != "button" and (kind != "choice" or "checked" in given):
                control.sent.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area is not None:
            self._area.sent = [self._area.sent[0].removeprefix("\r").removeprefix("\n")]
            self._area = None
        elif tag == "select" and self._select is not None:
            self._select.sent = self._select.sent or self._select.offered[:1]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.sent = ["".join([*self._area.sent, data])]


def _kind(given: dict[str, str]) -> str:
    if given.get("inputmode") in ("numeric", "decimal"):
        return "number"
    return KINDS.get(given.get("type", "text"), "text")


def forms(page: str) -> list[PageForm]:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.forms
