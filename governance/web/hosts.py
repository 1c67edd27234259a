"""From where a request comes and by which name it asks for this site. What is asked for is the client's word: no link is made from it."""

import re
from ipaddress import ip_address

from flask import request

from governance.settings import Settings, is_loopback

PASSED_ON = re.compile("forwarded|x-forwarded.*|x-real-ip|via|.*client-ip|cf-connecting-ip|x-original-.*", re.IGNORECASE)
"""The headers by which a proxy says that it stands in between."""


def asked_for() -> str:
    """The name or the number of the Host header, without the port."""
    return re.sub(r":[0-9]*$", "", request.host).strip("[]").casefold()


def is_known(settings: Settings) -> bool:
    """Whether the site goes by the name it is asked for.

    Numbers always do, for health checks: another site can make only a name of its own lead here (DNS rebinding). Without
    a public address any name may lead to a site that is open to the network; one on loopback has no other name.
    """
    name = asked_for()
    if _is_number(name) or is_loopback(name) or name in (settings.host.casefold(), settings.public_host):
        return True
    return settings.public_host is None and not settings.is_loopback


def is_here(settings: Settings) -> bool:
    """Whether the browser is on this machine for sure: the site is served to it alone, and nobody stands in between.

    A proxy on the same machine comes from loopback too, so whatever shows one counts: its headers, and the HTTP/1.0 that no
    browser speaks any more.
    """
    passed_on = any(PASSED_ON.fullmatch(name) for name, _ in request.headers) or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return settings.is_loopback and is_loopback(request.remote_addr or "") and is_loopback(asked_for()) and not passed_on


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
