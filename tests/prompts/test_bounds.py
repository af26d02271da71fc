"""Templates that ask for too much end with a message, and soon."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import TemplateError
from genaiops.prompts import parse_prompt
from genaiops.prompts.bounds import MAX_HANDLED, Work, as_json, plain_values

DOUBLE = "{% set a = 'x' * 10 %}"
LONG = {"a": "x" * 900_000, "items": ["x"] * 10_000}
BOMBS = {
    "nested ranges": "{% for i in range(10000) %}" * 2 + "{% endfor %}" * 2,
    "a wide range": "{{ range(10 ** 12) }}",
    "a large body in a loop": "{% for i in range(10000) %}"
    + "{% if i %}{% endif %}" * 2000
    + "{% endfor %}",
    "much text in a loop": "{% for i in range(10000) %}" + "x" * 1000 + "{% endfor %}",
    "a repetition": "{{ 'x' * 10 ** 9 }}",
    "a repetition of a list": "{{ 10 ** 9 * [1] }}",
    "a repetition in steps": "{% for i in range(999) %}{% set b = a * 1 %}{% endfor %}",
    "a power": "{{ 2 ** 99999999 }}",
    "a tower of powers": "{{ 9 ** (9 ** (9 ** 9)) }}",
    "squares of squares": "{% set a = 9 %}" + "{% set a = a * a %}" * 30 + "{{ a }}",
    "doubling by ~": DOUBLE + "{% set a = a ~ a %}" * 40,
    "doubling by +": DOUBLE + "{% set a = a + a %}" * 40,
    "doubling by join": DOUBLE + "{% set a = [a, a]|join %}" * 40,
    "doubling by nesting": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}",
    "comparing nested lists": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a == [1] }}",
    "replacing nothing": "{{ a|replace('', a) }}",
    "a wide indent": "{{ 'x'|indent(10 ** 9) }}",
    "indenting by a long text": "{{ ('x\n' * 1000)|indent(a) }}",
    "rounding far": "{{ 1.5|round(10 ** 9) }}",
    "JSON with a wide indent": "{{ items|tojson(10 ** 9) }}",
    "a width in a format": "{{ '%1000000000d' % 3 }}",
    "the format filter": "{{ '%1000000000d'|format(3) }}",
    "the format method": "{{ '{:1000000000}'.format(3) }}",
    "center": "{{ 'x'|center(10 ** 9) }}",
    "lipsum": "{{ lipsum(10 ** 6) }}",
    "a filter in a loop": "{% for i in items %}{{ (a|upper)|length }}{% endfor %}",
    "comparing in a loop": "{% for i in items %}{{ items == items|list }}{% endfor %}",
    "searching in a loop": "{% for i in items %}{{ 'y' in a }}{% endfor %}",
    "slicing in a loop": "{% for i in items %}{% set b = a[1:] %}{% endfor %}",
    "sorting in a loop": "{% for i in items %}{{ items|sort|length }}{% endfor %}",
    "a recursive loop": "{% for i in items recursive %}{{ loop(items) }}{% endfor %}",
    "a recursive macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "deep brackets": "{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}",
    "a long sum": "{{ 1" + " + 1" * 9000 + " }}",
    "deep lists": "{{ " + "[" * 9000 + "]" * 9000 + " }}",
    "many signs": "{{ " + "-" * 90000 + "1 }}",
    "many loops in loops": "{% for i in items %}" * 25 + "{% endfor %}" * 25,
    "many parts": "{{ a }}" * 20000,
    "a long number": "{{ 1" + "0" * 9000 + " }}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_a_second(name: str) -> None:
    started = process_time()
    with pytest.raises(TemplateError, match=r"^p\.md:\d: "):
        parse_prompt(BOMBS[name], "p.md").render(LONG)
    assert process_time() - started < 1


def test_an_ordinary_prompt_is_far_below_the_bounds() -> None:
    passages = [{"document": f"d{n}", "text": "word " * 400} for n in range(100)]
    source = "{% for p in passages %}{{ p.document|upper }} {{ p.text|trim }}\n{% endfor %}"
    (message,) = parse_prompt(source, "p.md").render({"passages": passages})
    assert len(message.content) > 100 * 1999


def test_a_value_that_nests_too_deep_is_refused() -> None:
    value: object = 1
    for _ in range(10_000):
        value = [value]
    with pytest.raises(TemplateError, match="nested deeper than 64 levels"):
        plain_values({"x": value})


def test_values_are_copied() -> None:
    given_value = {"x": [{"a": 1}]}
    copied = plain_values(given_value)
    assert copied == given_value
    assert copied["x"] is not given_value["x"]


@given(st.lists(st.text() | st.integers() | st.lists(st.text(max_size=5), max_size=3), max_size=8))
def test_a_value_weighs_at_least_its_characters(value: list[object]) -> None:
    work = Work()
    work.weigh(value)
    assert work.handled >= len(as_json(plain_values({"v": value})["v"])) // 6  # \uXXXX is not used


def test_weighing_stops_where_nothing_is_left() -> None:
    shared: list[object] = ["x"]
    for _ in range(60):
        shared = [shared, shared]
    with pytest.raises(TemplateError, match=f"more than {MAX_HANDLED:,} characters"):
        Work().weigh(shared)
