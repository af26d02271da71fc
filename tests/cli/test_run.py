import json

import pytest

from tests.cli.library import ARTICLES
from tests.cli.terminal import Terminal

ASK = ("run", "assistant", "-i", "question=For how long may a book be kept?")


def outputs(library: Terminal, *arguments: str, stdin: str = "") -> dict[str, object]:
    run = json.loads(library.ok("run", "assistant", "--json", *arguments, stdin=stdin))
    return run["outputs"]


def test_the_answer_is_printed_alone(library: Terminal) -> None:
    done = library(*ASK)
    assert (done.code, done.out) == (0, f"{ARTICLES['loans']}\n")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('{"kind": ["warm", 1]}', {"kind": ["warm", 1]}),
        ("{}", {}),
        ('{"a": "b=c"}', {"a": "b=c"}),
    ],
)
def test_an_input_that_is_json_is_taken_as_json(
    library: Terminal, written: str, value: object
) -> None:
    assert outputs(library, "-i", "question=x", "-i", f"tone={written}")["tone"] == value


@pytest.mark.parametrize("text", ["a=b", "", "{not json", "wie lange? 多久？", "true story", "[[["])
def test_an_input_that_is_no_json_is_a_text(library: Terminal, text: str) -> None:
    run = json.loads(library.ok("run", "assistant", "--json", "-i", f"question={text}"))
    assert run["inputs"]["question"] == text


@pytest.mark.parametrize("text", ["NaN", "3", "null", "true", "12345", "1e3", "[1, 2]"])
def test_a_text_input_takes_what_merely_looks_like_json(library: Terminal, text: str) -> None:
    run = json.loads(library.ok("run", "assistant", "--json", "-i", f"question={text}"))
    assert run["inputs"]["question"] == text


def test_inputs_come_from_a_file_or_from_stdin_and_options_stand_over_them(
    library: Terminal,
) -> None:
    given = {"question": "from the file", "tone": {"a": 1}}
    (library.root / "in.json").write_text(json.dumps(given), "utf-8")
    assert outputs(library, "-f", "in.json")["tone"] == {"a": 1}
    assert outputs(library, "-f", "-", stdin=json.dumps(given))["tone"] == {"a": 1}
    assert outputs(library, "-f", "in.json", "-i", 'tone={"b": 2}')["tone"] == {"b": 2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "stdin:1:2: not JSON"),
        ("[1]", "stdin: expected a JSON object"),
        ("", "stdin:1:1: not JSON"),
        ('{"question": NaN}', "not JSON"),
        ('{"question": 1e999}', "not JSON: 1e999 is larger than numbers go"),
        ('{"question": "\\ud800"}', "half of a surrogate pair"),
        ("[" * 100_000, "stdin"),
    ],
    ids=["cut", "list", "empty", "nan", "infinite", "half character", "deep"],
)
def test_stdin_that_holds_no_inputs_is_told_with_its_place(
    library: Terminal, text: str, told: str
) -> None:
    done = library("run", "assistant", "-f", "-", stdin=text)
    assert done.code == 2
    assert told in done.err


def test_a_variant_and_a_model_stand_in(library: Terminal) -> None:
    assert library.ok(*ASK, "--variant", "blind") == "I don't know.\n"
    run = json.loads(library.ok(*ASK, "-m", "brief", "--json"))
    assert [node["model"] for node in run["nodes"] if node["model"]] == ["brief"]


def test_steps_and_prompts_go_to_stderr(library: Terminal) -> None:
    done = library(*ASK, "--steps", "--show-prompt")
    assert done.out == f"{ARTICLES['loans']}\n"
    assert "prompt extractive" in done.err
    assert "retrieve" in done.err
    assert "For how long may a book be kept?" in done.err


def test_a_streamed_answer_is_the_whole_answer(library: Terminal) -> None:
    assert library.ok(*ASK, "--stream") == f"{ARTICLES['loans']}\n"


def test_a_call_that_was_made_is_taken_from_the_ledger(library: Terminal) -> None:
    first, second = (json.loads(library.ok(*ASK, "--json")) for _ in range(2))
    times = [[node["latency_s"] for node in run["nodes"]] for run in (first, second)]
    assert times[0] == times[1]


APP = """\
async def answer(question: str, loud: bool = False) -> dict[str, str]:
    return {"answer": question.upper() if loud else question}


def plain(question: str) -> str:
    return question[::-1]
"""


def test_a_python_function_is_a_flow(library: Terminal) -> None:
    (library.root / "app.py").write_text(APP, "utf-8")
    ask = ("-i", "question=hi")
    assert library.ok("run", "app:answer", *ask) == "hi\n"
    assert library.ok("run", "app:answer", "-i", "loud=true", *ask) == "HI\n"
    assert library.ok("run", "app:plain", *ask) == "ih\n"
    assert library("run", "app:answr", *ask).code == 2
    assert library("run", "app:answer", "-i", "quetion=x").code == 2


@pytest.mark.parametrize(
    ("parameter", "text", "seen"),
    [
        ("id: str", "123", "'123'"),
        ("id", "123", "'123'"),
        ("id", "[1, 2]", "'[1, 2]'"),
        ("id: int", "123", "123"),
        ("id: list[int]", "[1, 2]", "[1, 2]"),
    ],
)
def test_a_value_for_a_function_is_read_by_the_annotation(
    library: Terminal, parameter: str, text: str, seen: str
) -> None:
    code = f"def answer({parameter}):\n    return repr(id)\n"
    (library.root / "app.py").write_text(code, "utf-8")
    assert library.ok("run", "app:answer", "-i", f"id={text}") == f"{seen}\n"


def test_a_value_that_does_not_fit_a_function_is_told(library: Terminal) -> None:
    (library.root / "app.py").write_text("def answer(id: int):\n    return id\n", "utf-8")
    told = library("run", "app:answer", "-i", "id=x")
    assert (told.code, "'id' must be int, not 'x'" in told.err) == (2, True)


def test_naming_a_function_does_not_trust_the_hosts_that_it_asks(library: Terminal) -> None:
    code = "async def answer(question, run):\n    await run.complete(question, model='far')\n"
    (library.root / "app.py").write_text(code, "utf-8")
    entry = "  far: {provider: openai, model: m, base_url: 'https://far.example/v1'}\n"
    catalog = library.root / "catalog.yaml"
    catalog.write_text(
        catalog.read_text("utf-8").replace("models:\n", "models:\n" + entry), "utf-8"
    )
    refused = library("run", "app:answer", "-i", "question=hi")
    assert refused.code == 5
    assert "reach far.example" in refused.err
    assert "app.py" not in refused.err


def test_a_python_function_that_fails_is_no_traceback(library: Terminal) -> None:
    (library.root / "app.py").write_text("def answer(question):\n    return 1 / 0\n", "utf-8")
    done = library("run", "app:answer", "-i", "question=hi")
    assert done.code == 4
    assert "ZeroDivisionError" in done.err
