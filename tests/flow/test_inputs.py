import pytest
from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.flow.inputs import bind_inputs
from genaiops.specs.flow import InputSpec, InputType

PASSAGE: JsonValue = {"document": "a.md", "start": 0, "end": 1, "text": "x"}


def test_defaults_fill_what_is_not_given() -> None:
    declared = {"q": InputSpec(type="string"), "k": InputSpec(type="integer", default=4)}
    assert bind_inputs("f", declared, {"q": ""}) == {"q": "", "k": 4}
    assert bind_inputs("f", declared, {"q": "", "k": None}) == {"q": "", "k": 4}


def test_all_that_does_not_fit_is_told_at_once() -> None:
    declared = {"question": InputSpec(type="string"), "k": InputSpec(type="integer")}
    with pytest.raises(InputError) as caught:
        bind_inputs("f", declared, {"questoin": "x", "k": "3"})
    assert str(caught.value) == (
        "flow 'f': unknown input 'questoin'; did you mean 'question'? (known: k, question); "
        "missing input 'question' (string); input 'k' must be a whole number, not '3'"
    )


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", "x", 1),
        ("number", 1.5, True),
        ("integer", 2.0, 2.5),
        ("boolean", False, 0),
        ("object", {}, []),
        ("list", [], {}),
        ("messages", [{"role": "user", "content": "hi"}], [{"role": "user"}]),
        ("messages", [], "hi"),
        ("messages", [{"role": "tool", "content": "1"}], [{"role": "system", "content": "x"}]),
        ("passages", [PASSAGE], [{"text": "x"}]),
        ("string", "null", None),
    ],
)
def test_each_type_takes_its_own(kind: InputType, good: JsonValue, bad: JsonValue) -> None:
    declared = {"x": InputSpec(type=kind)}
    assert bind_inputs("f", declared, {"x": good}) == {"x": good}
    with pytest.raises(InputError, match="input 'x' must be"):
        bind_inputs("f", declared, {"x": bad})
