from collections.abc import Callable
from pathlib import Path

import pytest

from genaiops.project.session import Session, open_session
from tests.project.build import build_project

Opened = Callable[..., Session]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Writes the library with other files, and opens it; nothing is trusted but what is asked."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GENAIOPS_TRUST", raising=False)

    def build_and_open(changes: dict[str, str | bytes | None] | None = None) -> Session:
        return open_session(build_project(tmp_path / "project", changes))

    return build_and_open
