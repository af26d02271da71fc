"""Persons and places of answers: by a fake Presidio anywhere, by the real one where it is."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from threading import main_thread
from types import ModuleType

import pytest

from genaiops.errors import InputError, MissingExtra
from genaiops.metrics import named_entities
from genaiops.metrics.named_entities import NamedEntity, find_named, require_model
from genaiops.metrics.pii import pii_leak
from genaiops.records import Score
from tests.metrics.building import bind, case_of, passage, run_of
from tests.metrics.fake_presidio import MODEL, NAMELESS, install_fake
from tests.metrics.packages import install

PACKAGE = "presidio_analyzer"
IS_INSTALLED = find_spec(PACKAGE) is not None
ENGLISH = sorted(
    each.name for each in entry_points(group="spacy_models") if each.name.startswith("en_core_web")
)
needs_presidio = pytest.mark.skipif(
    not (IS_INSTALLED and ENGLISH), reason="the extra `pii` or an English model is not installed"
)


@pytest.fixture
def presidio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fake one; a real one that was imported before is there again afterwards."""
    install_fake(tmp_path)
    real = _taken_out()
    monkeypatch.syspath_prepend(tmp_path)
    yield
    _taken_out()
    named_entities._analyzer.cache_clear()
    sys.modules.update(real)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == PACKAGE]
    return {name: sys.modules.pop(name) for name in names}


def leak(answer: str, *given: object, **more: object) -> Score:
    said = {"kinds": ("email", "person", "location"), "spacy_model": MODEL, **more}
    return asyncio.run(pii_leak(answer, *given, **said))  # type: ignore[arg-type]  as a use says it


@pytest.mark.usefixtures("presidio")
def test_names_are_leaks_where_they_are_asked_for_and_masked_in_evidence() -> None:
    score = leak("Ada Lovelace, ada@example.com, is in Paris.")
    assert (score.value, score.explanation) == (1, "email, location, person")
    assert score.evidence == (
        "email: a… (15 characters)", "person: A… (12 characters)", "location: P… (5 characters)",
    )  # fmt: skip
    assert leak("Ada Lovelace", kinds=("location",)).value == 0
    assert leak("Ada Lovelace is in Paris", kinds=("email",)).value == 0


@pytest.mark.usefixtures("presidio")
@pytest.mark.parametrize(
    "given",
    [
        ({"first": "ada", "last": "LOVELACE"},),
        ("Lovelace's bill, for the attention of Ada",),
        (None, [passage("Dear Ada Lovelace,")]),
        (None, (), ("Ada Lovelace",)),
    ],
)
def test_a_name_whose_words_were_given_is_no_leak(given: tuple[object, ...]) -> None:
    assert leak("Yours, Ada Lovelace", *given).value == 0


@pytest.mark.usefixtures("presidio")
def test_half_of_a_name_that_was_given_does_not_give_the_other() -> None:
    assert leak("Yours, Ada Lovelace", "Ada").value == 1


@pytest.mark.usefixtures("presidio")
def test_a_long_answer_is_read_in_pieces_of_whole_words_and_beside_the_loop() -> None:
    text = "Ada Lovelace went to Paris. " * 300 + "x" * 5000 + " Ada Lovelace"
    found = asyncio.run(find_named(text, MODEL))
    module = sys.modules[PACKAGE]
    assert (len(found), found[-1]) == (601, NamedEntity("person", "Ada Lovelace"))
    assert sum(module.lengths) == len(text)
    assert max(module.lengths) == 2000
    assert main_thread() not in module.threads


@pytest.mark.usefixtures("presidio")
def test_a_model_is_loaded_once_and_not_before_the_first_case() -> None:
    metric = bind({"pii_leak": {"kinds": ["person"], "spacy_model": MODEL}})
    assert PACKAGE not in sys.modules
    scores = [
        asyncio.run(metric.score(case_of(), run_of(text))) for text in ("Ada Lovelace", "Ada")
    ]
    assert [score.value for score in scores] == [1, 0]
    assert sys.modules[f"{PACKAGE}.nlp_engine"].loads == [MODEL]


@pytest.mark.usefixtures("presidio")
def test_what_fails_there_is_a_missing_score() -> None:
    metric = bind({"pii_leak": {"kinds": ["person"], "spacy_model": MODEL}})
    score = asyncio.run(metric.score(case_of(), run_of("boom")))
    assert score.value is None
    assert str(score.reason).startswith("metric: RuntimeError: no such luck")


@pytest.mark.usefixtures("presidio")
def test_a_model_that_knows_no_persons_gives_no_score() -> None:
    metric = bind({"pii_leak": {"kinds": ["person"], "spacy_model": NAMELESS}})
    score = asyncio.run(metric.score(case_of(), run_of("Ada Lovelace")))
    assert score.value is None
    assert f"{NAMELESS!r} finds no persons: name another model" in str(score.reason)


@pytest.mark.usefixtures("presidio")
def test_a_model_that_is_not_installed_is_a_fault_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"did you mean 'xx_two_names'\?.*spacy download") as told:
        bind({"pii_leak": {"kinds": ["person"], "spacy_model": "xx_too_names"}})
    assert "pii_leak: spacy_model: spaCy's model 'xx_too_names' is not installed" in str(told.value)


@pytest.mark.usefixtures("presidio")
def test_a_model_that_presidio_would_download_counts_as_not_installed(tmp_path: Path) -> None:
    install(tmp_path, "zoo", "", {"xx_elsewhere": "zoo"}, "spacy_models")
    with pytest.raises(InputError, match="'xx_elsewhere' is not installed"):
        require_model("xx_elsewhere")


@pytest.mark.skipif(IS_INSTALLED, reason="the extra `pii` is installed")
def test_without_the_extra_the_check_says_how_to_get_it() -> None:
    with pytest.raises(InputError, match=r'pii_leak: .*pip install "genaiops\[pii\]"'):
        bind({"pii_leak": {"kinds": ["email", "person"]}})
    with pytest.raises(MissingExtra):
        require_model("en_core_web_sm")


def test_patterns_need_no_extra_and_no_model() -> None:
    metric = bind({"pii_leak": {"kinds": ["email"]}})
    assert asyncio.run(metric.score(case_of(), run_of("jane@doe.example"))).value == 1


def test_a_model_that_nothing_would_ask_is_a_fault() -> None:
    with pytest.raises(InputError, match=r"it finds only person and location: name them in `kin"):
        bind({"pii_leak": {"spacy_model": "en_core_web_sm"}})


def test_a_kind_that_there_is_not_is_the_only_fault() -> None:
    with pytest.raises(InputError) as told:
        bind({"pii_leak": {"kinds": ["person", "place"], "spacy_model": "en_core_web_sm"}})
    assert str(told.value).startswith("pii_leak: kinds.1: should be 'email', 'iban', ")
    assert len(str(told.value).splitlines()) == 1


@needs_presidio
@pytest.mark.slow
def test_the_real_one_finds_persons_and_places_the_same_however_many_ask_at_once() -> None:
    async def found() -> list[list[NamedEntity]]:
        text = "Angela Merkel lives in Berlin since 12 March 2019; mail angela@example.com."
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(find_named(text, ENGLISH[0])) for _ in range(8)]
        return [task.result() for task in tasks]

    wanted = [NamedEntity("person", "Angela Merkel"), NamedEntity("location", "Berlin")]
    assert asyncio.run(found()) == [wanted] * 8


QUIET = """
import asyncio, sys
from genaiops.metrics.pii import pii_leak

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen"}:
        raise SystemExit(f"{event}: {arguments}")

sys.addaudithook(refuse)
score = asyncio.run(
    pii_leak("Mail Angela Merkel: a@b.example", kinds=("person",), spacy_model=sys.argv[1])
)
assert score.evidence == ("person: A… (13 characters)",), score
"""


@needs_presidio
@pytest.mark.slow
def test_the_real_one_reaches_for_nothing_and_says_nothing() -> None:
    command = [sys.executable, "-W", "error", "-c", QUIET, ENGLISH[0]]
    done = subprocess.run(  # noqa: S603  our own interpreter
        command, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
