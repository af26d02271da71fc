"""Templates and data are inert: nothing runs, nothing leaks, data comes out byte for byte."""

from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.prompts import parse_prompt
from genaiops.records import Message
from tests.attacks import ATTACKS, LEAKS, SECRET, SECRET_NAME


@pytest.fixture(autouse=True)
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "CANARY"


def test_there_are_enough_attacks() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_as_template_runs_nothing_and_leaks_nothing(attack: str, canary: Path) -> None:
    try:
        messages = parse_prompt(attack, "p.md").render({"x": {"a": [1]}})
    except InputError as error:
        told = str(error).replace(attack, "")
    else:
        told = "".join(message.content for message in messages)
        assert not any(leak in told for leak in LEAKS if leak not in attack)
    assert SECRET not in told
    assert not canary.exists()


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_as_data_comes_out_as_it_is(attack: str, canary: Path) -> None:
    prompt = parse_prompt("# system\nS\n# user\n{{ q }}|{{ p|join(attribute='text') }}", "p.md")
    assert prompt.render({"q": attack, "p": [{"text": attack}]}) == (
        Message(role="system", content="S"),
        Message(role="user", content=f"{attack}|{attack}"),
    )
    assert not canary.exists()
