"""docs/import.md and docs/baselines.md show what happens."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.e2e.test_against_git import app, policy, write_team
from tests.pages import DOCS, blocks, follow
from tests.repository import Repository


def test_answers_are_imported_as_the_page_shows(tmp_path: Path) -> None:
    follow(DOCS / "import.md", Terminal(tmp_path))


@pytest.mark.slow
def test_a_branch_that_weakens_its_gate_is_judged_as_the_page_shows(tmp_path: Path) -> None:
    team = write_team(tmp_path)
    repository = Repository(tmp_path)
    main = repository.git("rev-parse", "main")
    repository.branch("weak", {"app.py": app(rate=0.4), "evals/team.yaml": policy(margin=0.9)})
    shown = next(b.text for b in blocks(DOCS / "baselines.md") if b.text.startswith("FAIL"))
    assert team("gate", "team", "--against", "git:main").out == shown.replace(
        "4be2f01a77", main[:10]
    )
