"""Text as the ledger and the lists need it."""

import unicodedata


def tidy(text: str) -> str:
    """What a door does to typed text: NFC, line ends as `\\n`, outer spaces off."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fold(text: str) -> str:
    """A form that sorts and searches alike on every database: compatibility forms, marks and case removed."""
    spread = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).casefold()
