"""Looking at pages with axe: everything once, and what depends on colour again in the other scheme."""

import re
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, ConsoleMessage, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"], "preload": False}
"""The rules whose outcome depends on the colour scheme; every other rule reads the document, which is the same in both."""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(one => { one.open = true })"
FIND = "options => axe.run(options).then(found => found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.target)]))"
MENU = re.compile(r'<header class="top">.*?</header>', re.DOTALL)
"""Differs between two readers of one page; each reader's first page shows it."""
WORDS = re.compile(r">[^<>]*[^<>\s][^<>]*<")
SAID = re.compile(r' (?:href|src|action|value|content|title|datetime|placeholder|data-[a-z-]+)="[^"]+"')
AGAIN = re.compile(r"(<(tr|li|article)\b(?:(?!<\2\b).)*?</\2>)(?:\s*\1)+", re.DOTALL)
"""What no rule looks at besides whether it is there: words, where a link leads, and the tenth row that is built like the ninth."""


def skeleton(text: str) -> str:
    """A page without its words: its elements with their names, classes and roles, which is what the rules of axe are about."""
    return AGAIN.sub(r"\1", SAID.sub("", WORDS.sub(">w<", MENU.sub("", text))))


@dataclass
class Looker:
    """One reader's browser page, and everything wrong that was seen on it. What is built like something seen is not looked at twice."""

    page: Page
    seen: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    count: int = 0
    script: str = field(default_factory=lambda: Axe().axe_script)
    at: str = ""

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.found.append(f"{self.at}: {error}"))

    def visit(self, path: str) -> APIResponse:
        """Ask for a page, and look at it in the browser unless the very same was looked at before."""
        answer = self.page.request.get(path)
        built = skeleton(answer.text())
        if built not in self.seen or not self.count:
            self.page.goto(path)
            self.look(path)
        self.seen.add(built)
        return answer

    def look(self, at: str) -> None:
        """At the page as it is loaded, with every fold open, in light and in dark."""
        self.at, self.count = at, self.count + 1
        self.page.evaluate(OPEN_ALL)
        self.page.evaluate(self.script)
        for scheme, options in (("light", ALL), ("dark", COLOURS)):
            self.page.emulate_media(color_scheme=scheme)
            self.found += [f"{at}, {scheme}: {rule} {targets}" for rule, targets in self.page.evaluate(FIND, options)]
        self.page.emulate_media(color_scheme="light")

    def _heard(self, message: ConsoleMessage) -> None:
        """A refusal is what the page is about, not a fault of it: the browser notes its status as an error too."""
        refused = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type == "error" and not refused:
            self.found.append(f"{self.page.url}: {message.text}")
