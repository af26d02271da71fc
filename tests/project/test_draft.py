from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.asking import Said, Setup, set_up
from genaiops.project.saving import save_draft
from genaiops.project.session import open_session
from genaiops.project.wiring import Wiring

pytestmark = pytest.mark.anyio
QUESTIONS = "question,topic,expected\nWho?,people,Ada\nWhere?,places,London\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "GENAIOPS_TRUST"):
        monkeypatch.delenv(name, raising=False)
    Path("a.md").write_text("Say it shortly: {{ question }}\n", "utf-8")
    Path("b.md").write_text("On {{ topic }}: {{ question }}\n", "utf-8")
    Path("questions.csv").write_text(QUESTIONS, "utf-8")
    return tmp_path


def set_up_here(
    *prompts: str,
    models: tuple[str, ...] = ("extractive",),
    data: str = "questions.csv",
    **said: object,
) -> Setup:
    asked = Said(prompts=prompts, models=models, data=Path(data), **said)  # pyright: ignore[reportArgumentType]  what a case says
    return set_up(open_session(anywhere=True), asked)


@pytest.mark.usefixtures("folder")
async def test_two_prompts_and_a_table_are_an_evaluation_of_two_arms() -> None:
    setup = set_up_here("a.md", "b.md")
    assert [arm.label for arm in setup.arms] == ["a", "b"]
    async with Wiring(setup.session, None) as wiring:
        for arm in setup.arms:
            flow = await wiring.flow("questions", arm.overrides)
            run = await flow.run({"question": "Who?", "topic": "people"})
            assert "Who?" in run.nodes[0].messages[0].content
            assert ("people" in run.nodes[0].messages[0].content) == (arm.label == "b")
    evaluation = setup.session.project.eval("questions").spec
    assert [use.metric for use in evaluation.metrics] == ["exact_match", "answer_f1", "latency"]


@pytest.mark.usefixtures("folder")
def test_without_an_expected_answer_nothing_of_quality_is_scored() -> None:
    Path("plain.csv").write_text("question\nWho?\n", "utf-8")
    setup = set_up_here("a.md", data="plain.csv")
    evaluation = setup.session.project.eval("plain").spec
    assert [use.metric for use in evaluation.metrics] == ["latency"]


async def test_what_is_saved_does_the_same_again(folder: Path) -> None:
    setup = set_up_here("a.md", "b.md")
    assert setup.draft is not None
    written = save_draft(setup.draft, folder / "kept")
    assert "flows/questions/prompts/b.md" in written
    saved = set_up(open_session(folder / "kept"), Said(variants=("b",), models=("extractive",)))
    parts: list[set[str]] = []
    for session, arm in ((setup.session, setup.arms[1]), (saved.session, saved.arms[0])):
        async with Wiring(session, None) as wiring:
            flow = await wiring.flow("questions", arm.overrides)
            parts.append(set(flow.parts.values()))
    assert parts[0] == parts[1]


def test_nothing_is_written_over(folder: Path) -> None:
    setup = set_up_here("a.md")
    assert setup.draft is not None
    save_draft(setup.draft, folder / "kept")
    with pytest.raises(InputError, match=r"already has genaiops.yaml.*nothing was written"):
        save_draft(setup.draft, folder / "kept")


@pytest.mark.usefixtures("folder")
def test_prompts_of_one_name_are_told_apart_by_their_folders() -> None:
    for name in ("new", "old"):
        Path(name).mkdir()
        Path(name, "a.md").write_text(f"{name}: {{{{ question }}}}", "utf-8")
    setup = set_up_here("new/a.md", "old/a.md")
    assert [arm.label for arm in setup.arms] == ["new-a", "old-a"]


@pytest.mark.usefixtures("folder")
def test_the_same_prompt_under_two_names_is_noted() -> None:
    Path("c.md").write_bytes(Path("a.md").read_bytes())
    assert set_up_here("a.md", "c.md").notes == ("a and c are the same prompt: so are their calls",)


@pytest.mark.usefixtures("folder")
def test_types_of_inputs_are_those_of_the_data() -> None:
    Path("typed.jsonl").write_text(
        '{"question": "Who?", "topic": ["x"]}\n{"question": "Where?", "topic": []}\n', "utf-8"
    )
    setup = set_up_here("b.md", data="typed.jsonl")
    assert setup.draft is not None
    assert setup.draft.flow is not None
    assert setup.draft.flow["inputs"] == {"question": "string", "topic": "list"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("prompts", "said", "told"),
    [
        (("a.md", "a.md"), {}, "a.md is named already; name each prompt once"),
        (("a b.md", "a-b.md"), {}, "it would be called 'a-b', as a b.md is; rename one of the"),
        ((".",), {}, r"-p \. is a folder; name the prompt files in it: a.md, b.md"),
        (("aa.md",), {}, r"-p aa.md: there is no such file; did you mean 'a.md'"),
        ((), {}, "name a prompt: -p FILE"),
        (("a.md",), {"models": ()}, "name a model: -m openai:gpt-4o-mini"),
        (("a.md",), {"models": ("gpt-4o",)}, "write PROVIDER:NAME"),
        (("a.md",), {"variants": ("x",)}, "--variant goes with the flow of an evaluation"),
        (("a.md",), {"name": "app:answer"}, "no prompts that -p could replace"),
        (("far.md",), {}, r"far.md needs \{\{ quest \}\}, and questions.csv has no such column"),
        (("far.md",), {}, "the first line of a table names its columns"),
        (("a.md",), {"data": "mixed.jsonl"}, "'question' is string in some cases and number in"),
    ],
)
def test_what_does_not_fit_is_told(
    prompts: tuple[str, ...], said: dict[str, object], told: str
) -> None:
    Path("far.md").write_text("{{ quest }}", "utf-8")
    Path("mixed.jsonl").write_text('{"question": "Who?"}\n{"question": 3}\n', "utf-8")
    with pytest.raises(InputError, match=told):
        set_up_here(*prompts, **said)  # pyright: ignore[reportArgumentType]  what a case says


APP = """\
def answer(query, style="plain"):
    return query


def greedy(question, secret):
    return question
"""


@pytest.mark.usefixtures("folder")
def test_the_one_argument_takes_the_one_column() -> None:
    Path("app.py").write_text(APP, "utf-8")
    Path("plain.csv").write_text("question\nWho?\n", "utf-8")
    setup = set_up_here(models=(), data="plain.csv", name="app:answer")
    assert setup.session.project.eval("plain").spec.inputs == {"query": "${case.inputs.question}"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("function", "told"),
    [
        (
            "app:greedy",
            "app:greedy needs 'secret', which questions.csv does not give: its inputs are",
        ),
        ("app:anser", "did you mean 'answer'"),
        ("ap:answer", "there is no module 'ap'"),
    ],
)
def test_a_function_that_does_not_fit_is_told(function: str, told: str) -> None:
    Path("app.py").write_text(APP, "utf-8")
    with pytest.raises(InputError, match=told):
        set_up_here(models=(), name=function)


@pytest.mark.usefixtures("folder")
def test_names_keep_the_letters_of_any_language() -> None:
    Path("fragen über alles.csv").write_bytes(Path("questions.csv").read_bytes())
    for name in ("é.md", "名前.md"):
        Path(name).write_bytes(Path("a.md").read_bytes())
    setup = set_up_here("é.md", "名前.md", data="fragen über alles.csv")
    assert (setup.name, [arm.label for arm in setup.arms]) == (
        "fragen-über-alles",
        ["é", "名前"],
    )
