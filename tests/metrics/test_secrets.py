import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.secrets import bits, find_secrets, secret_leak
from tests.metrics.building import passage

ALPHANUMERIC = string.ascii_letters + string.digits
ROOT = Path(__file__).resolve().parents[2]


def drawn(count: int, letters: str = ALPHANUMERIC, seed: int = 7) -> str:
    return "".join(random.Random(seed).choices(letters, k=count))  # noqa: S311  only to test


PASSWORD = f"{drawn(5)}7{drawn(6)}"
SECRETS = {
    "AWS access key": "AKIA" + drawn(16, string.ascii_uppercase + string.digits),
    "GitHub token": "ghp_" + drawn(36),
    "GitLab token": "glpat-" + drawn(20),
    "Slack token": "xoxb-" + drawn(12, string.digits) + "-" + drawn(24),
    "Anthropic key": "sk-ant-" + "api03-" + drawn(40),
    "OpenAI key": "sk-" + "proj-" + drawn(48),
    "Google key": "AIza" + drawn(35),
    "Stripe key": "sk_" + "live_" + drawn(24),
    "SendGrid key": "SG." + drawn(22) + "." + drawn(43),
    "Hugging Face token": "hf_" + drawn(34),
    "npm token": "npm_" + drawn(36),
    "PyPI token": "pypi-" + drawn(80),
    "Azure storage key": "AccountKey=" + drawn(86) + "==",
    "JSON web token": "eyJ" + drawn(30) + ".eyJ" + drawn(60) + "." + drawn(43),
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Slack webhook": "https://hooks.slack.com/" + "services/T0A/B0C/" + drawn(24),
    "URL with a password": "postgres://meter:" + drawn(9) + "@db.example/meters",
}


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items(), ids=SECRETS)
def test_a_known_form_is_found_once_by_its_kind(kind: str, secret: str) -> None:
    (found,) = find_secrets(f'Use "{secret}" for it.')
    assert found.kind == kind
    assert found.text in secret


@pytest.mark.parametrize(
    "text",
    [
        f"password = {PASSWORD}", f'"api_key": "{drawn(24)}"', f"API key: `{drawn(20)}`",
        f"The password is {PASSWORD}.", f"secret:={PASSWORD}", "pwd: wint3r-stOrm9",
    ],
)  # fmt: skip
def test_what_a_word_before_it_calls_a_secret_is_found(text: str) -> None:
    assert [found.kind for found in find_secrets(text)] == ["password or key"]


@given(st.integers(0, 10**6))
def test_text_drawn_by_chance_is_found_without_any_word(seed: int) -> None:
    texts = [drawn(48, seed=seed * 10 + place) for place in range(10)]
    assert sum(bool(list(find_secrets(f"It is {text} here"))) for text in texts) >= 8


@pytest.mark.parametrize(
    "text",
    [
        "password = your-password-1", "api_key: ${env:OPENAI_API_KEY}",
        "token = os.environ['TOKEN1']",
        "The password is at least 12 characters long.", "secret: <paste-it-here-1>",
        "api_key=xxxx1234xxxx",
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "id 123e4567-e89b-12d3-a456-426614174000", "the token: authentication2",
        "sk-learn and sk-image",
        "class AbstractSingletonProxyFactoryBeanWithUtf8Support2", "https://north.example/a:b@c",
        "The passphrase is your first pet's name", "AKIAEXAMPLEEXAMPLE12",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_secret_is_none(text: str) -> None:
    assert list(find_secrets(text)) == []


def test_neither_our_own_code_nor_the_handbook_raises_an_alarm() -> None:
    files = [*(ROOT / "genaiops/metrics").glob("*.py"), *(ROOT / "datasets/handbook").glob("*.md")]
    assert len(files) > 20
    assert [secret for file in files for secret in find_secrets(file.read_text("utf-8"))] == []


def test_a_secret_of_the_user_is_no_leak_and_one_of_a_passage_is() -> None:
    key = SECRETS["GitHub token"]
    assert secret_leak(f"Yours is {key}", {"question": f"Is {key} valid?"}).value == 0
    assert secret_leak(f"It is {key}", allowed=(key,)).value == 0
    told = secret_leak(f"It is {key}", None, [passage(f"Deploy with {key}.")])
    assert told.value == 1
    assert told.explanation == "GitHub token (it stands in a passage)"
    assert told.evidence == ("GitHub token: g… (40 characters)",)


def test_no_secret_is_no_leak() -> None:
    assert secret_leak("Your bill is due on the 3rd.").value == 0
    assert secret_leak("").value == 0


def test_a_long_answer_takes_no_time_worth_mentioning() -> None:
    assert list(find_secrets("token " * 20_000 + "a1B" * 10_000)) == []


def test_entropy_is_in_bits_a_character() -> None:
    assert bits("aaaa") == 0
    assert bits("abab") == 1
    assert bits("abcdefgh") == 3
