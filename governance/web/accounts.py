"""Signing in and out, setting a password, one's own profile."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import InputRequired

from governance.domain.errors import Conflict, RuleBroken
from governance.ledger.log import SYSTEM, Auth, Log
from governance.models.accounts import Account
from governance.models.directory import Person
from governance.reads import people
from governance.services import accounts
from governance.services.accounts import Proof
from governance.web import current, demo_people
from governance.web.forms import Form
from governance.web.guard import TOKEN

bp = Blueprint("accounts", __name__)


class SignInForm(Form):
    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address.")], render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [InputRequired("Enter your password.")], render_kw={"autocomplete": "current-password"})


class NewPasswordForm(Form):
    password = PasswordField(
        "New password",
        [InputRequired("Enter a password.")],
        description=f"{accounts.SHORTEST_PASSWORD} signs or more. Three or four unrelated words do well.",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField("The same again", [InputRequired("Enter the password again.")], render_kw={"autocomplete": "new-password"})

    def hashed(self, about: tuple[str, ...]) -> str | None:
        """The hash of a password that will do, else None with the reason on the field."""
        if self.password.data != self.again.data:
            self.again.errors = ["The two entries differ. Enter the same password twice."]
            return None
        try:
            return accounts.hash_password(self.password.data, about)
        except RuleBroken as refused:
            self.accept(refused)
            return None


class ProfileForm(NewPasswordForm):
    old = PasswordField("Password now", [InputRequired("Enter the password you have now.")], render_kw={"autocomplete": "current-password"})


class MailForm(Form):
    wants_mail = BooleanField("Send me mails", description="Whatever you choose, My work shows what waits for you.")


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    form = SignInForm()
    if form.validate_on_submit():
        proof = accounts.prove(current.session(), form.email.data, form.password.data)
        if person := settled(proof):
            return begin(person)
        form.form_errors = [*form.form_errors, accounts.refuse_sign_in().message]
    status = 422 if form.errors else 200
    return render_template(
        "accounts/sign_in.html", form=form, demo_people=demo_people.offered(), password=demo_people.password(), problems=form.problems()
    ), status


@bp.post("/demo-sign-in")
def demo_sign_in() -> Response:
    """One click, only on a demo instance that only this machine can reach."""
    wanted = request.form.get("person", "")
    if wanted not in {person.id for person, _ in demo_people.offered()}:
        abort(404)
    return begin(wanted)


@bp.post("/sign-out")
def sign_out() -> Response:
    token = session.pop(TOKEN, None)
    if isinstance(token, str):
        with current.writing() as log:
            accounts.end_session(log, token)
    return redirect(url_for(".sign_in"), 303)


@bp.route("/set-password/<secret>", methods=["GET", "POST"])
def set_password(secret: str) -> Response | str | tuple[str, int]:
    form = NewPasswordForm()
    try:
        owner = accounts.link_owner(current.session(), secret, current.now())
    except Conflict:
        return render_template("accounts/dead_link.html"), 409
    person = current.session().get_one(Person, owner)
    if form.validate_on_submit() and (hashed := form.hashed(_about(person))):
        with current.writing() as log:
            accounts.set_password_by_link(log, secret, hashed)
            token = started(log, owner)
        return entered(token, said="Your password is set, and you are signed in.")
    return render_template("accounts/set_password.html", form=form, person=person, problems=form.problems()), 422 if form.errors else 200


@bp.route("/profile", methods=["GET", "POST"])
def profile() -> Response | str | tuple[str, int]:
    form, person = ProfileForm(), current.session().get_one(Person, current.doer().id)
    if form.validate_on_submit():
        if not settled(accounts.prove_person(current.session(), person.id, form.old.data)):
            form.old.errors = ["That is not the password you have now, or the account rests after too many wrong tries."]
        elif hashed := form.hashed(_about(person)):
            with current.writing(Auth("password", current.now(), "web")) as log:
                accounts.change_password(log, hashed)
                token = started(log, person.id)
            return entered(token, said="Your password is changed. You are signed out everywhere else.")
    return _profile(person, form), 422 if form.errors else 200


@bp.post("/profile/mail")
def choose_mail() -> Response:
    with current.writing() as log:
        accounts.choose_mail(log, MailForm().wants_mail.data)
    flash("Your choice is kept.")
    return redirect(url_for(".profile", _anchor="mail"), 303)


def _profile(person: Person, form: ProfileForm) -> str:
    units = people.units(current.session())
    return render_template(
        "accounts/profile.html",
        form=form,
        person=person,
        unit=units[person.unit_id],
        held=[(held.function, units.get(held.unit or "", "all units")) for held in current.doer().holdings],
        mail=MailForm(formdata=None, obj=(account := current.session().get_one(Account, person.id))),
        email=account.email,
        is_sent=current.parts().settings.mail_server is not None,
        problems=form.problems(),
    )


NOT_PROVED = (
    f"That is not your password, or your account is locked: after {accounts.MOST_FAILURES} wrong tries it rests for "
    f"{int(accounts.LOCKED_FOR.total_seconds() // 60)} minutes."
)
"""Where somebody who is signed in has to prove again who they are."""


def settled(proof: Proof) -> str:
    """Record how an attempt went, in a transaction of its own; the person, or nothing."""
    with current.parts().ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        return accounts.settle_attempt(log, proof)


def begin(person: str) -> Response:
    """A new session, in a transaction of its own."""
    with current.parts().ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        token = started(log, person)
    return entered(token)


def started(log: Log, person: str) -> str:
    """A new session under a new token, which is returned; the one this browser had ends. With what led to it, or not at all."""
    old = session.get(TOKEN)
    if isinstance(old, str):
        accounts.end_session(log, old)
    return accounts.start_session(log, person, current.parts().settings.session_lasts)


def entered(token: str, *, onwards: str = "work.mine", said: str | None = None) -> Response:
    """The browser keeps the session that was started. Then to where the person wanted to go, else `onwards`."""
    session.clear()
    session[TOKEN] = token
    if said:
        flash(said)
    return redirect(_safe(request.values.get("next")) or url_for(onwards), 303)


def _safe(wanted: str | None) -> str | None:
    """A path on this site, or nothing: no host, no scheme, no backslash or control character that a browser might read as one."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or any(ord(sign) < 33 for sign in wanted):
        return None
    return wanted


def _about(person: Person) -> tuple[str, ...]:
    account = current.session().get(Account, person.id)
    return (*person.name.split(), person.id, *(account.email.split("@") if account else ()))
