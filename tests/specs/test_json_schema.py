import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.specs.json_schema import Schema, check_schema, same_json, schema_errors

ROUTE: Schema = {
    "type": "object",
    "title": "route",
    "properties": {
        "intent": {"enum": ["billing", "other"]},
        "sure": {"type": "number", "minimum": 0, "maximum": 1},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 5}, "maxItems": 2},
    },
    "required": ["intent"],
    "additionalProperties": False,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_value_that_fits_has_no_errors() -> None:
    assert schema_errors({"intent": "billing", "sure": 1, "tags": ["a"]}, ROUTE) == ()


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([], "the value: must be object, not array"),
        ({}, "'intent' is missing"),
        ({"intent": "x"}, "intent: 'x' is none of 'billing', 'other'"),
        ({"intent": "other", "sure": 1.5}, "sure: must be at most 1"),
        ({"intent": "other", "sure": True}, "sure: must be number, not boolean"),
        ({"intent": "other", "more": 1}, "more: is not allowed"),
        ({"intent": "other", "tags": ["abcdef"]}, "tags.0: length must be from 0 to 5, not 6"),
        ({"intent": "other", "tags": ["a", "b", "c"]}, "tags: items must be from 0 to 2, not 3"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(value: JsonValue, error: str) -> None:
    assert any(error in found for found in schema_errors(value, ROUTE))


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 3, 3.5),
        ({"oneOf": [{"minimum": 0}, {"maximum": 0}]}, 1, 0),
        ({"allOf": [{"minimum": 0}, {"maximum": 2}]}, 1, 3),
        ({"not": {"const": 1}}, True, 1),
        ({"type": ["string", "null"]}, None, 1),
        ({"type": "array", "uniqueItems": True}, [1, True], [1, 1]),
        ({"$defs": {"a": {"const": 1}}, "items": {"$ref": "#/$defs/a"}}, [1], [2]),
        ({"additionalProperties": {"type": "string"}}, {"a": "b"}, {"a": 1}),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 2}, 1, 2),
        ({"type": "object", "minProperties": 1}, {"a": 1}, {}),
    ],
)
def test_each_keyword_decides(schema: Schema, good: JsonValue, bad: JsonValue) -> None:
    assert check_schema(schema) == ()
    assert schema_errors(good, schema) == ()
    assert schema_errors(bad, schema)


@pytest.mark.parametrize(
    ("schema", "path", "message"),
    [
        ({"typ": "object"}, ("typ",), "did you mean 'type'?"),
        ({"type": "text"}, ("type",), "type: cannot be 'text'"),
        ({"pattern": "(a+)+"}, ("pattern",), "unknown keyword 'pattern'"),
        ({"properties": {"a": {"min": 1}}}, ("properties", "a", "min"), "unknown keyword"),
        ({"items": 3}, ("items",), "a schema is keys with values"),
        ({"anyOf": []}, ("anyOf",), "must be a list of schemas"),
        ({"minItems": -1}, ("minItems",), "must be a whole number"),
        ({"$ref": "#/$defs/none"}, ("$ref",), "only '#/$defs/<name>'"),
        ({"required": "a"}, ("required",), "must be a list of names"),
        ("object", (), "a schema is keys with values"),
    ],
)
def test_a_schema_that_is_not_understood_is_refused(
    schema: JsonValue, path: tuple[str, ...], message: str
) -> None:
    (fault,) = check_schema(schema)
    assert fault.path == path
    assert message in fault.message


def test_a_schema_that_names_itself_ends_with_an_error() -> None:
    schema: Schema = {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}
    assert check_schema(schema) == ()
    assert "too many steps" in schema_errors(1, schema)[0]


def test_a_schema_that_doubles_at_each_step_ends_with_an_error() -> None:
    chain = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(40)}
    schema: Schema = {"$defs": {**chain, "a40": {}}, "$ref": "#/$defs/a0"}
    assert "too many steps" in schema_errors(1, schema)[0]


@given(JSON)
def test_a_value_equals_itself_and_fits_its_constant(value: JsonValue) -> None:
    assert same_json(value, value)
    assert schema_errors(value, {"const": value}) == ()


def test_true_is_not_one() -> None:
    assert not same_json([True], [1])
    assert same_json(1, 1.0)
    assert not same_json([{"a": False}], [{"a": 0}])
