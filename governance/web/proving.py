"""Who is signed in proves again who they are, before they sign or decide."""

from wtforms import Form, PasswordField
from wtforms.validators import InputRequired, Length

from governance.ledger.log import Auth
from governance.services import accounts
from governance.services.accounts import LONGEST_PASSWORD
from governance.web import current
from governance.web.accounts import NOT_PROVED, settled


def password_again() -> PasswordField:
    """The field of a form that asks for it."""
    return PasswordField(
        "Your password",
        [
            InputRequired("Enter your password."),
            Length(max=LONGEST_PASSWORD, message=f"Enter a password of at most {LONGEST_PASSWORD} signs."),
        ],
        render_kw={"autocomplete": "current-password"},
    )


def is_proved(form: Form, what_stands: str) -> bool:
    """Whether the password is right; else its field says so, and what became of the rest.

    Compared before any transaction, counted in one of its own: a refusal must not undo the count, nor use up the form.
    """
    if settled(accounts.prove_person(current.session(), current.doer().id, form["password"].data)):
        return True
    form["password"].errors = [f"{NOT_PROVED} {what_stands}"]
    return False


def proof() -> Auth:
    """What the transaction that follows is told of it."""
    return Auth("password", current.now(), "web")
