"""Every component with sample data on one page, in a small application of its own: for tests, and for eyes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from flask import Flask, g, render_template
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from governance.domain.vocabulary import AnswerState, Decision, Regularity, RequestState, Standing, Tier
from governance.paths import PACKAGE, templates_directory
from governance.web import filters
from governance.web.forms import DayField, Form, closed_choices, named_choices
from governance.web.navigation import Entry
from governance.words import word

AT = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
DIGEST = "a9591663" * 8
SHAPES = [symbol.get("id") for symbol in ElementTree.parse(PACKAGE / "static" / "icons.svg").getroot()]
PAGES = {"work.mine": "/", "portfolio.table": "/portfolio/table", "accounts.profile": "/profile", "accounts.sign_out": "/sign-out"}


class Sample(Form):
    name = StringField("Name", [InputRequired("Enter a name.")], description="As people call it")
    count = IntegerField("Live cases", [InputRequired("Enter how many live cases were labelled, as a whole number.")])
    day = DayField("Pilot ends", [Optional()])
    reason = TextAreaField("Reason", [InputRequired("Say why.")])
    owner = SelectField("Owner", choices=named_choices([("ines", "Ines Okafor")], "Choose a person"), default="")
    file = FileField("File", [Optional()])
    decision = RadioField("Decision", [InputRequired("Choose a decision.")], choices=closed_choices(Decision))
    agreed = BooleanField("I read the dossier", [InputRequired("Confirm that you read the dossier.")], description="All five sections")


def application() -> Flask:
    """The gallery at /, and the addresses that every page links to."""
    app = Flask("governance", static_folder="static")
    app.config.update(SECRET_KEY="k" * 40, BOOTSTRAP_SERVE_LOCAL=True, WTF_CSRF_CHECK_DEFAULT=False)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["one_time_key"] = lambda: "5f" * 16
    app.jinja_loader = ChoiceLoader([FileSystemLoader(templates_directory()), FileSystemLoader(Path(__file__).parent)])
    Bootstrap5(app)
    CSRFProtect(app)
    filters.register(app)
    for endpoint, path in PAGES.items():
        app.add_url_rule(path, endpoint, gallery, methods=["GET", "POST"])
    app.context_processor(surroundings)
    return app


def surroundings() -> dict[str, object]:
    nav = [Entry("work.mine", "My work", 4, True), Entry("portfolio.table", "Portfolio", None, False)]
    return {
        "nav": nav,
        "restored": None,
        "organisation": None,
        "demo": True,
        "doer": {"name": "Aoife Lynch"},
        "time_zone": "Europe/Copenhagen",
    }


def gallery() -> str:
    g.time_zone = ZoneInfo("Europe/Copenhagen")
    form = Sample(formdata=None, meta={"csrf": False})
    form.validate()
    return render_template("gallery.html", form=form, problems=form.problems(), **samples())


def samples() -> dict[str, object]:
    sets = (RequestState, AnswerState, Standing, Decision)
    return {
        "at": AT,
        "since": AT - timedelta(days=2),
        "sha": DIGEST,
        "shapes": SHAPES,
        "members": [(kind.__name__, list(kind)) for kind in sets],
        "sorting": {"by": "name", "down": True},
        "hints": {decision.value: word(decision).meaning for decision in Decision},
        "marks": [{"shape": shape, "tone": tone, "label": label} for shape, tone, label in MARKS],
        "rows": [(f"AI-00{place}", "Motor claims fast-track triage", tier, "0.941") for place, tier in enumerate([*Tier, None], 31)],
        **of_an_initiative(),
    }


MARKS = [
    ("met", "ok", "Data science: approved"),
    ("changes", "warn", "IT operations: requested changes"),
    ("waiting", "idle", "Business: waiting"),
    ("you", "you", "Compliance: your turn"),
]


def of_an_initiative() -> dict[str, object]:
    states = (
        ("Pilot", "past", "met"),
        ("Review", "past", "met"),
        ("Limited production", "here", "progress"),
        ("Full production", "ahead", "ahead"),
    )
    by = "By you and Yusuf Demir. Since Mon 7 Sep 2026."
    return {
        "tabs_shown": [{"href": "/", "label": "Overview", "here": True}, {"href": "/", "label": "Checklist", "here": False, "count": 16}],
        "steps": [{"name": name, "state": state, "shape": shape, "lines": ["49 days"]} for name, state, shape in states],
        "blocking": [{"shape": "you", "tone": "you", "what": "Compliance has not signed", "by": by, "href": "/", "link": "Review"}],
        "origin": {"said": word(Regularity.DUE), "what": "Found in limited production.", "until": "Until Mon 1 Mar 2027.", "href": "/"},
        "story": [
            {"shape": "met", "tone": "ok", "who": "Joao Teles", "said": "approved G3 for business", "at": AT, "words": "Value is clear."},
            {"shape": None, "tone": None, "who": None, "said": "The demo was loaded", "at": AT, "words": None},
        ],
    }
