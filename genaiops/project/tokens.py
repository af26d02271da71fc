"""The tokens of a project's server: a file of hashes, in the folder that git leaves out."""

import fcntl
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from genaiops.errors import InputError, StoreError
from genaiops.project.kept_folder import keep_out_of_git
from genaiops.project.root import KEPT_FOLDER
from genaiops.project.session import Session
from genaiops.serve.access import Role, TokenEntry, token_hash

_FILE = "tokens.json"
_KEY = "user.key"
_KEY_BYTES = 32
_TOKENS = TypeAdapter(tuple[TokenEntry, ...])
_BEGIN = "gao_"
"""Of each token, so that a scanner for secrets knows one."""


def read_tokens(session: Session) -> tuple[TokenEntry, ...]:
    """The tokens that were given out, by name.

    Raises:
        InputError: the file is damaged.
    """
    path = _path(session)
    try:
        return _TOKENS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise InputError(
            f"{path}: is no list of tokens; remove the file, and give out tokens again by "
            "`genaiops token add`"
        ) from error


def add_token(session: Session, name: str, role: Role, expires: datetime | None) -> str:
    """Make a token, and keep its hash; nobody can be told the token again.

    Raises:
        InputError: the name is taken or no name, or the file is damaged.
        StoreError: it cannot be written.
    """
    token = f"{_BEGIN}{secrets.token_urlsafe(32)}"
    try:
        entry = TokenEntry(name=name, role=role, sha256=token_hash(token), expires=expires)
    except ValidationError as error:
        raise InputError(
            f"{name!r} is no name of a token: up to 64 letters, digits and . _ -"
        ) from error
    with _held(session):
        known = read_tokens(session)
        if any(each.name == name for each in known):
            raise InputError(f"token {name!r} is there; genaiops token remove {name} takes it back")
        _write(session, (*known, entry))
    return token


def remove_token(session: Session, name: str) -> None:
    """Take a token back.

    Raises:
        InputError: there is none of this name, or the file is damaged.
        StoreError: it cannot be written.
    """
    with _held(session):
        known = read_tokens(session)
        if all(each.name != name for each in known):
            raise InputError.unknown("token", name, (each.name for each in known))
        _write(session, tuple(each for each in known if each.name != name))


def user_key(session: Session) -> bytes:
    """The key of the hashes that stand for users, made on first use.

    Raises:
        StoreError: it cannot be read or written, or is not what was written.
    """
    path = session.kept / KEPT_FOLDER / _KEY
    keep_out_of_git(path.parent)
    try:
        if not path.exists():
            aside = path.with_name(f".{path.name}.{os.getpid()}")
            with open(aside, "wb", opener=_private) as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
            with suppress(FileExistsError):
                os.link(aside, path)
            aside.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: cannot be used: {error.strerror}") from error
    if len(key) != _KEY_BYTES:
        raise StoreError(
            f"{path}: has {len(key)} bytes and not {_KEY_BYTES}; restore it from a copy, or remove "
            "it: a new one is drawn, and users are other ones from there on"
        )
    return key


def _path(session: Session) -> Path:
    return session.kept / KEPT_FOLDER / _FILE


@contextmanager
def _held(session: Session) -> Generator[None]:
    """Let one process at a time change the file."""
    path = _path(session)
    keep_out_of_git(path.parent)
    try:
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


def _write(session: Session, tokens: tuple[TokenEntry, ...]) -> None:
    path = _path(session)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with open(aside, "wb", opener=_private) as file:
        file.write(_TOKENS.dump_json(tokens, indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
