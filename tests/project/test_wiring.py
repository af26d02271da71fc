from typing import Any

import pytest

from genaiops.errors import InputError, TrustError
from genaiops.flow.python_flow import PythonFlow
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_flow, wants_of
from genaiops.project.wiring import Wiring
from genaiops.protocols import Model
from genaiops.trust import Want
from tests.fakes import MemoryLedger, ScriptedModel
from tests.project.build import LIBRARY
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

CATALOG = """\
    models:
      extractive: {provider: extractive}
      other: {provider: extractive, sentences: 1}
      hosted: {provider: openai, model: m, base_url: "http://127.0.0.1:9", api_key: "${env:NO}"}
    """
SUB = """\
    inputs: {question: string}
    nodes:
      below: {flow: %s, with: {question: "${inputs.question}"}}
    outputs: {answer: "${below.answer}"}
    """


class Models:
    """Stands in for every model, and keeps which were built."""

    def __init__(self) -> None:
        self.built: list[ScriptedModel] = []

    def __call__(self, model: Model) -> Model:
        fake = ScriptedModel(lambda request: f"about {request.question}", name=model.name)
        self.built.append(fake)
        return fake


async def test_models_are_built_once_on_use_and_closed_at_the_end(opened: Opened) -> None:
    models = Models()
    async with Wiring(opened({"catalog.yaml": CATALOG}), None, wrap=models) as wiring:
        assert wiring.models == ()
        await wiring.flow("assistant")
        await wiring.flow("flows/assistant")
        assert wiring.models == ("extractive",)
        assert not models.built[0].closed
    assert [(model.name, model.closed) for model in models.built] == [("extractive", True)]


async def test_a_model_stands_in_for_that_of_every_prompt_node(opened: Opened) -> None:
    models = Models()
    async with Wiring(opened({"catalog.yaml": CATALOG}), None, wrap=models) as wiring:
        flow = await wiring.flow("assistant", FlowOverrides(model="other"))
        await flow.run(flow.bind({"question": "x"}))
    assert [(model.name, len(model.requests)) for model in models.built] == [("other", 1)]


async def test_an_index_is_built_when_it_never_was_and_that_is_noted(opened: Opened) -> None:
    session = opened()
    async with Wiring(session, None) as wiring:
        first = await wiring.index("handbook")
        assert await wiring.index("handbook") is first
        assert wiring.notes == ["built index handbook: 1 document, 1 passage"]
    async with Wiring(session, None) as wiring:
        await wiring.index("handbook")
        assert wiring.notes == []


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("asistant", {}, "unknown flow 'asistant'; did you mean 'assistant'"),
        ("assistant", {"variant": "x"}, "flow 'assistant' has no variant 'x'"),
        ("assistant", {"model": "x"}, "unknown model"),
        ("app:answer", {"variant": "x"}, "is a Python function: it has no variants"),
        ("app:missing", {}, "missing"),
    ],
)
async def test_a_wrong_word_is_told(
    opened: Opened, name: str, arguments: dict[str, Any], told: str
) -> None:
    session = opened({"app.py": "def answer(question):\n    return question\n"})
    session.book.trust(session.root, wants(session, "app:answer"))
    async with Wiring(session, None) as wiring:
        with pytest.raises(InputError, match=told):
            await wiring.flow(name, FlowOverrides(**arguments))


def wants(session: Session, flow: str) -> tuple[Want, ...]:
    return wants_of(session.project, used_by_flow(session.project, flow), {})


async def test_nothing_is_imported_or_built_before_it_is_trusted(opened: Opened) -> None:
    models = Models()
    session = opened({"catalog.yaml": CATALOG, "app.py": "raise SystemExit(9)\n"})
    async with Wiring(session, None, wrap=models) as wiring:
        with pytest.raises(TrustError, match=r"app\.py"):
            await wiring.flow("app:answer")
        with pytest.raises(TrustError, match="NO"):
            await wiring.flow("assistant", FlowOverrides(model="hosted"))
    assert models.built == []


async def test_a_python_function_is_a_flow_of_equal_rank(opened: Opened) -> None:
    session = opened(
        {
            "app.py": "def answer(question, tone='calm'):\n    return question + tone\n",
            "evals/assistant.yaml": LIBRARY["evals/assistant.yaml"].replace(
                "flows/assistant", "app:answer"
            ),
        }
    )
    session.book.trust(session.root, wants(session, "app:answer"))
    async with Wiring(session, None) as wiring:
        assert isinstance(await wiring.flow("app:answer"), PythonFlow)
        evaluation = await wiring.evaluation("assistant", Overrides())
    assert evaluation.flow_inputs == {"question": True, "tone": False}
    told = {"catalog", "flow app:answer", "python app.py", "dataset", "metrics"}
    assert set(evaluation.digests()) >= told


async def test_sub_flows_are_compiled_with_their_own_models(opened: Opened) -> None:
    models = Models()
    session = opened({"flows/above/flow.yaml": SUB % "flows/assistant"})
    async with Wiring(session, MemoryLedger(), wrap=models) as wiring:
        flow = await wiring.flow("above")
        run = await flow.run(flow.bind({"question": "loans"}))
    assert run.outputs == {"answer": "about loans"}


async def test_flows_that_run_each_other_in_a_circle_are_told(opened: Opened) -> None:
    session = opened({"flows/a/flow.yaml": SUB % "flows/b", "flows/b/flow.yaml": SUB % "flows/a"})
    async with Wiring(session, None) as wiring:
        with pytest.raises(InputError, match="in a circle: a -> b -> a"):
            await wiring.flow("a")


async def test_the_file_says_how_to_evaluate_and_overrides_stand_over_it(opened: Opened) -> None:
    session = opened({"catalog.yaml": CATALOG, "genaiops.yaml": "name: library\nseed: 7\n"})
    async with Wiring(session, None) as wiring:
        evaluation = await wiring.evaluation(
            "evals/assistant.yaml", Overrides(FlowOverrides(model="other"), repeats=3)
        )
    assert (evaluation.name, evaluation.seed, evaluation.spec.repeats) == ("assistant", 7, 3)
    assert evaluation.models == ("other",)
    assert set(evaluation.parts) == {"model other", "index handbook"}


async def test_a_gate_that_does_not_fit_is_told_before_anything_is_asked(opened: Opened) -> None:
    models = Models()
    gates = "\ngates: [{metric: answr_f1, at_least: 0.5}]\n"
    text = LIBRARY["evals/assistant.yaml"].replace("    ", "") + gates
    async with Wiring(opened({"evals/assistant.yaml": text}), None, wrap=models) as wiring:
        told = "unknown metric 'answr_f1' of this evaluation; did you mean 'answer_f1'"
        place = rf"^evals/assistant\.yaml:{text.count(chr(10))}:10: "
        with pytest.raises(InputError, match=f"{place}{told}"):
            await wiring.evaluation("assistant", Overrides())
    assert [model.requests for model in models.built] == [[]]
