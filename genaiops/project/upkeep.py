"""Use cases of the store's upkeep: what it holds, and removing recorded calls."""

import re
from datetime import datetime, timedelta

from genaiops.errors import InputError, suggest
from genaiops.project.root import STORE_FILE
from genaiops.project.session import Session
from genaiops.store import StoreFacts, Unwanted, prune_calls, store_facts, unwanted_calls

_AGE = re.compile(r"(\d{1,6})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def facts_of(session: Session) -> StoreFacts:
    """What the project's store holds.

    Raises:
        StoreError: it cannot be read.
    """
    return store_facts(session.root / STORE_FILE)


def unwanted_of(session: Session, *, model: str | None, older_than: str | None) -> Unwanted:
    """The recorded calls that are meant, by model and by an age such as `30d`.

    Raises:
        InputError: the age is none, or no call of such a model is recorded.
    """
    if model is not None:
        known = {each.model for each in facts_of(session).models}
        if model not in known:
            raise InputError(f"--model: no recorded call of {model!r}{suggest(model, known)}")
    before = _time_before(session.clock(), older_than) if older_than is not None else None
    return Unwanted(model, before)


def count_unwanted(session: Session, unwanted: Unwanted) -> int:
    """How many recorded calls are meant.

    Raises:
        StoreError: the store cannot be read.
    """
    return unwanted_calls(session.root / STORE_FILE, unwanted)


def prune(session: Session, unwanted: Unwanted) -> int:
    """Remove the recorded calls that are meant; gives how many went.

    Raises:
        StoreError: the store cannot be written.
    """
    return prune_calls(session.root / STORE_FILE, unwanted)


def _time_before(now: datetime, age: str) -> datetime:
    match = _AGE.fullmatch(age)
    if match is None:
        raise InputError(
            f"--older-than {age!r}: write hours, days or weeks, such as 12h, 30d or 8w"
        )
    return now - int(match[1]) * _UNITS[match[2]]
