"""Who may ask a server what: tokens with roles, or this machine alone. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime, Field

from genaiops.errors import InputError, Refused
from genaiops.protocols import Clock
from genaiops.records import Record

Role = Literal["caller", "observer", "reporter", "operator"]
"""`caller` asks flows, `observer` reads figures and verdicts, `reporter` also tells outcomes."""
ROLES: Mapping[Role, tuple[Role, ...]] = {
    "caller": ("caller",),
    "observer": ("observer",),
    "reporter": ("reporter", "observer"),
    "operator": ("caller", "observer", "reporter"),
}
"""Whose routes a role may ask."""
SHORTEST_TOKEN = 16
_LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?\Z", re.IGNORECASE)
_OWN_SITES = (None, "none", "same-origin")


class TokenEntry(Record):
    """A token that a server knows: its hash, never itself.

    `name` stands in records for who it was given to; without `expires` it holds until it is
    removed.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    role: Role
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    expires: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name and the role of a token."""

    name: str
    role: Role

    def may(self, needs: Role | None) -> bool:
        """Whether this role has what a route needs."""
        return needs is None or needs in ROLES[self.role]


THIS_MACHINE = Caller("local", "operator")
"""Whoever asks a server without tokens, which then listens on loopback only."""


def token_hash(token: str) -> str:
    """What is kept of a token. It has more than 128 random bits, so that one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_entry(token: str) -> TokenEntry:
    """The one token of a server that the variable GENAIOPS_TOKEN gives.

    Raises:
        InputError: it is too short to be a secret.
    """
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        raise InputError(
            f"GENAIOPS_TOKEN must be {SHORTEST_TOKEN} or more printable ASCII characters; make one "
            "by `openssl rand -hex 32`"
        )
    return TokenEntry(name="owner", role="operator", sha256=token_hash(token))


class Access:
    """Lets requests in by their head alone.

    Without any token whoever is on this machine is let in, but no page that a browser shows: its
    requests name another host or come from another origin.
    """

    def __init__(self, entries: Sequence[TokenEntry], clock: Clock) -> None:
        self._known = {entry.sha256: entry for entry in entries}
        self._clock = clock

    @property
    def needs_token(self) -> bool:
        """Whether nobody is let in without one."""
        return bool(self._known)

    def admit(self, headers: Mapping[str, str]) -> Caller:
        """Who asks.

        Raises:
            Refused: nobody who may ask.
        """
        if not self._known:
            _refuse_browsers(headers)
            return THIS_MACHINE
        word, _, token = headers.get("Authorization", "").partition(" ")
        if word.lower() != "bearer" or not token:
            raise Refused(401, "no_token", "send a token: `Authorization: Bearer TOKEN`")
        entry = self._known.get(token_hash(token.strip()))
        if entry is None:
            raise Refused(401, "invalid_api_key", "the token is not known here")
        if entry.expires is not None and entry.expires <= self._clock():
            raise Refused(401, "token_expired", "the token has expired")
        return Caller(entry.name, entry.role)


def _refuse_browsers(headers: Mapping[str, str]) -> None:
    """Refuse what a page of somebody else, or a name that was bound to this machine, may send.

    Raises:
        Refused: it is such a request.
    """
    host, origin = headers.get("Host", ""), headers.get("Origin")
    is_own = (
        _LOCAL_HOST.match(host) is not None
        and origin in (None, f"http://{host}")
        and headers.get("Sec-Fetch-Site") in _OWN_SITES
    )
    if not is_own:
        raise Refused(
            403, "foreign_origin", "without a token only programs of this machine are served"
        )
