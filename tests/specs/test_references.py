import pytest

from genaiops.errors import InputError
from genaiops.specs.references import Reference, find_references, parse_reference, resolve

SCOPE = {"inputs": {"q": "hi", "n": 2, "list": [{"a": 1}]}, "node": {"text": "t", "ok": True}}


def test_a_whole_reference_keeps_the_type_of_its_value() -> None:
    assert resolve({"a": ["${inputs.list}", "${inputs.n}"]}, SCOPE) == {"a": [[{"a": 1}], 2]}


def test_references_inside_a_text_become_text() -> None:
    assert resolve("${inputs.q}: ${inputs.n} ${node.ok}", SCOPE) == "hi: 2 true"


def test_a_resolved_value_is_never_resolved_again() -> None:
    assert resolve("${inputs.q}", {"inputs": {"q": "${env.SECRET}"}}) == "${env.SECRET}"


def test_a_number_picks_from_a_list() -> None:
    assert resolve("${inputs.list.0.a}", SCOPE) == 1


def test_a_name_plucks_the_field_from_every_item_of_a_list() -> None:
    assert resolve("${inputs.list.a}", SCOPE) == [1]
    assert resolve("${n.all.p.t}", {"n": {"all": [{"p": [{"t": 1}]}, {"p": []}]}}) == [[1], []]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${inputs.list.b}", "no field 'b'"),
        ("${inptus.q}", "there is no 'inptus'; did you mean 'inputs'?"),
        ("${inputs.p}", "no field 'p'"),
        ("${inputs.list.4}", "the list has 1 items"),
        ("x ${inputs.list}", "must be a string, number or boolean"),
        ("${inputs.q.x}", "asks for a field of a str"),
        ("${}", "is no reference"),
        ("${a b}", "is no reference"),
    ],
)
def test_what_cannot_be_resolved_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        resolve(text, SCOPE)
    assert message in str(caught.value)


def test_references_are_found_at_any_depth() -> None:
    found = list(find_references({"a": ["x ${b.c}", {"d": "${e}"}]}))
    assert found == [Reference("b", ("c",)), Reference("e", ())]


def test_plain_text_is_no_reference() -> None:
    assert parse_reference("a ${b} c") is None
