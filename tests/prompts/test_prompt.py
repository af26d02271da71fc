from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import SpecError, TemplateError
from genaiops.prompts import load_prompt, parse_prompt
from genaiops.records import Message, Parameters

ANSWER = """\
---
description: Answer from the passages.
parameters: {temperature: 0, max_tokens: 200}
response_schema:
  type: object
  properties: {answer: {type: string}}
---

# system
Answer from the passages.

# user
{% for p in passages %}
[{{ loop.index }}] {{ p.document }}: {{ p.text }}
{% endfor %}

Question: {{ question }}
"""
PASSAGES = [{"document": "a.md", "text": "One."}, {"document": "b.md", "text": "Two."}]
texts = st.text(max_size=40) | st.sampled_from(["# system", "{{ x }}", "{% if %}", "\n# user\n"])


def rendered(source: str, **values: object) -> str:
    (message,) = parse_prompt(source, "p.md").render(values)
    return message.content


def test_a_prompt_renders_to_messages_of_its_roles() -> None:
    prompt = parse_prompt(ANSWER, "answer.md")
    assert prompt.render({"question": "Why?", "passages": PASSAGES}) == (
        Message(role="system", content="Answer from the passages."),
        Message(role="user", content="[1] a.md: One.\n[2] b.md: Two.\n\nQuestion: Why?"),
    )
    assert prompt.spec.parameters == Parameters(temperature=0, max_tokens=200)
    assert prompt.variables == prompt.required == {"question", "passages"}


def test_text_without_a_heading_is_a_user_message() -> None:
    assert parse_prompt("Hello {{ name }}\n", "p.md").render({"name": "Ada"}) == (
        Message(role="user", content="Hello Ada"),
    )


def test_text_before_the_first_heading_is_a_user_message() -> None:
    roles = [m.role for m in parse_prompt("hi\n# assistant\nyes\n# user\nmore", "p").render({})]
    assert roles == ["user", "assistant", "user"]


@pytest.mark.parametrize("line", ["## system", "# System", "# system:", " # user", "#user"])
def test_only_an_exact_line_is_a_role_heading(line: str) -> None:
    assert rendered(f"a\n{line}\nb") == f"a\n{line}\nb"


def test_a_system_message_that_comes_out_empty_is_left_out() -> None:
    prompt = parse_prompt("# system\n{% if s %}{{ s }}{% endif %}\n# user\n{{ q }}", "p.md")
    assert [m.role for m in prompt.render({"s": "", "q": ""})] == ["user"]


@given(texts)
def test_a_value_stays_data_byte_for_byte(value: str) -> None:
    messages = parse_prompt("# system\nS\n# user\n{{ v }}", "p.md").render({"v": value})
    assert messages == (Message(role="system", content="S"), Message(role="user", content=value))


@given(st.dictionaries(texts, texts, max_size=3) | st.lists(texts, max_size=3))
def test_values_inside_lists_and_mappings_stay_data(value: object) -> None:
    source = "{% for x in v|list %}{{ x }}{% endfor %}"
    assert rendered(source, v=value) == "".join(value)  # type: ignore[arg-type]


def test_the_digest_follows_what_is_said_and_not_how_the_front_matter_is_written() -> None:
    same = ANSWER.replace("parameters: {", "parameters:   {").replace("---\n\n#", "---\n#")
    other = ANSWER.replace("Question:", "Q:")
    digests = [parse_prompt(text, "p.md").digest for text in (ANSWER, same, other)]
    assert digests[0] == digests[1] != digests[2]


def test_a_variable_that_is_asked_for_carefully_is_not_required() -> None:
    source = (
        "{{ a }}{% if b is defined %}{{ b }}{% endif %}{{ c|default('x') }}{% set d = 1 %}{{ d }}"
    )
    prompt = parse_prompt(source, "p.md")
    assert prompt.variables == {"a", "b", "c"}
    assert prompt.required == {"a"}


def test_a_line_with_one_tag_leaves_nothing_and_a_tag_in_a_line_leaves_the_line() -> None:
    source = "a\n  {% if true %}\nb {% if true %}c{% endif %}\nd\n  {% endif %}\ne\n{# no #}\nf"
    assert rendered(source) == "a\nb c\nd\ne\nf"


def test_raw_text_is_left_as_it_is() -> None:
    assert rendered("x{% raw %}\n{% for %}\n{{ y }}{% endraw %}") == "x\n{% for %}\n{{ y }}"


@pytest.mark.parametrize(
    ("source", "values", "message"),
    [
        ("a\n{{ pasages }}", {"passages": []}, "p.md:2: no variable 'pasages'; did you mean 'pas"),
        ("{{ x }}", {}, "p.md:1: no variable 'x'; none were given"),
        (
            "# system\na\n\n# user\nb\n{{ p.txt }}",
            {"p": {"text": 1}},
            "p.md:6: no field 'txt'; did",
        ),
        ("---\n---\n\n{{ p[3] }}", {"p": [1]}, "p.md:4: no item 3 in a list of 1"),
        ("{{ x.y }}", {"x": "text"}, "'y' asks text for a field"),
        ("{% for c in x %}{% endfor %}", {"x": "text"}, "a loop needs a list, not text"),
        ("{{ x|upper }}", {"x": 3}, "filter 'upper': needs a text, not a number; write x|string"),
        ("{{ x + 1 }}", {"x": "a"}, "'+' does not go with text and a number; write x ~ y"),
        ("{{ 1 / x }}", {"x": 0}, "1 / 0: division by zero"),
        ("{{ x }}", {"x": object()}, "variable 'x' holds a value of <class 'object'>"),
        ("{{ x }}", {"x": [float("inf")]}, "variable 'x' holds inf"),
        ("{{ x }}", {"x": {1: 2}}, "holds the key 1; keys are texts"),
        ("{{ x|join(attribute='a.b') }}", {"x": [{"a": {}}]}, "filter 'join': no field 'b'"),
        ("{{ x|truncate(1, 2, 3, 4) }}", {"x": "a"}, "filter 'truncate': "),
        ("{{ x|join(attribute='a') }}", {"x": ["a"]}, "attribute 'a' asks text for a field"),
        ("{{ x|batch(0) }}", {"x": []}, "needs a number of at least 1"),
        ("{{ x|items }}", {"x": []}, "needs a mapping, not a list"),
        ("{{ x|dictsort }}", {"x": []}, "needs a mapping, not a list"),
        ("{{ x|sum }}", {"x": ["a"]}, "needs a list of numbers"),
        ("{{ x|first }}", {"x": []}, "needs a list that is not empty"),
        ("{{ x.a.b }}", {"x": {}}, "no field 'a'"),
        ("{% for i in x %}{{ loop.idx }}{% endfor %}", {"x": [1]}, "no field 'loop.idx'; did you"),
        ("{{ x * 2 }}", {"x": {}}, "'*' does not go with a mapping and a number"),
    ],
)
def test_what_does_not_render_is_told_with_its_place(
    source: str, values: dict[str, object], message: str
) -> None:
    prompt = parse_prompt(source, "p.md")
    with pytest.raises(TemplateError) as caught:
        prompt.render(values)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "p.md: the prompt is empty"),
        ("---\n---\n\n", "p.md: the prompt is empty"),
        ("a\n{% if x %}", "p.md:2: Unexpected end of template"),
        ("{% if x %}\n# user\n{% endif %}", "cannot reach over a role heading"),
        ("a\n\n{{ x|uper }}", "p.md:3: unknown filter 'uper'; did you mean 'upper'?"),
        ("{{ x|map('upper') }}", "filter 'map' is not available: write join(attribute='…')"),
        ("{{ x is callable }}", "unknown test 'callable'"),
        ("{{ x|join(*y) }}", "* and ** are not available"),
        ("{{ range(*y) }}", "* and ** are not available"),
        ("{{ self }}", "the name 'self' is not available"),
        ("{{ x.upper() }}", "'upper' cannot be called: there are range(…), loop.cycle(…)"),
        ("{% include 'a' %}", "{% include %} is not available in prompts"),
        ("{% macro m() %}{% endmacro %}", "{% macro %} is not available"),
        ("{{ 1" + "0" * 5000 + " }}", "Exceeds the limit"),
        ("x" * 200_001, "at most 200,000 characters"),
        ("# user\n" * 201, "and 200 messages"),
    ],
)
def test_what_is_no_prompt_is_refused_when_it_is_read(source: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_prompt(source, "p.md")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("---\nfoo: 1\n---\nx", "p.md:2:1: unknown key 'foo'"),
        ("---\nx", "p.md:1:1: the front matter has no end"),
        ("---\nresponse_schema:\n  typ: x\n---\nx", "p.md:3:3: unknown keyword 'typ'"),
        ("---\na: [\n---\nx", "p.md:3:1: not YAML"),
    ],
)
def test_faults_of_the_front_matter_have_their_place(source: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_prompt(source, "p.md")
    assert message in str(caught.value)


def test_a_file_with_byte_order_mark_and_carriage_returns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf---\r\n---\r\n# system\r\nS\r\n# user\r\nU {{ q }}\r\n")
    messages = load_prompt(path, "a.md").render({"q": "é\r\n"})
    assert [m.content for m in messages] == ["S", "U é\r\n"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"prompts/a\.md: there is no such file"):
        load_prompt(tmp_path / "a.md", "prompts/a.md")


FILTER_TABLE = [
    ("{{ [3, 1, 2]|sort|join('-') }}", "1-2-3"),
    ("{{ ['b', 'A']|sort|first }}{{ ['b', 'A']|sort(case_sensitive=true)|last }}", "Ab"),
    ("{{ [{'a': 2}, {'a': 1}]|sort(attribute='a')|tojson }}", '[{"a": 1}, {"a": 2}]'),
    ("{{ [1, 2, 3]|batch(2)|tojson }}", "[[1, 2], [3]]"),
    ("{{ 2.567|round(1) }} {{ 2.4|int }} {{ 'x'|int(7) }} {{ '2.5'|float }}", "2.6 2 7 2.5"),
    ("{{ 'a b'|title }} {{ ' x '|trim }} {{ 'aXa'|replace('X', '-') }}", "A B x a-a"),
    ("{{ 'one two three'|truncate(9) }} {{ 'a b'|wordcount }}", "one... 2"),
    ("{{ 'a\nb'|indent(2) }}|{{ 'a\nb'|indent('> ', first=true) }}", "a\n  b|> a\n> b"),
    ("{{ {'b': 1, 'a': none}|tojson }} {{ {'a': 1} }}", '{"b": 1, "a": null} {"a": 1}'),
    ("{% for k, v in {'b': 1, 'a': 2}|dictsort %}{{ k }}{{ v }}{% endfor %}", "a2b1"),
    ("{% for k, v in {'b': 1, 'a': 2}|items %}{{ k }}{{ v }}{% endfor %}", "b1a2"),
    (
        "{{ [2, 1, 2]|unique|join('-') }} {{ [1, 2]|sum }} {{ [1, 5]|max }} {{ [3, 2]|min }}",
        "2-1 3 5 2",
    ),
    ("{{ 'abc'|reverse }} {{ [1, 2]|reverse|join }} {{ -3|abs }}", "cba 21 3"),
    ("{{ 'a' ~ 1 ~ true }} {{ 'ab' * 2 }} {{ [1] + [2] }}", "a1True abab [1, 2]"),
    ("{{ 'abcdef'[1:3] }} {{ [1, 2, 3][-1] }} {{ 'b' in 'abc' }}", "bc 3 True"),
    ("{% for i in range(3) %}{{ loop.cycle('a', 'b') }}{% endfor %}", "aba"),
    ("{% with a = 1 %}{{ a + 1 }}{% endwith %} {{ 'x' if false else 'y' }}", "2 y"),
    (
        "{{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 10 }} {{ 7 is odd }} {{ 6 is divisibleby 3 }}",
        "3 3 1024 True True",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FILTER_TABLE)
def test_filters_and_operators_do_what_jinja_users_expect(source: str, expected: str) -> None:
    assert rendered(source) == expected


PIECES = st.lists(st.sampled_from(["{{ a }}", "{{b}}", "x", " {{ a }}\n", "{# no #}", "€\n", "<"]))


@given(PIECES, st.text(max_size=5), st.text(max_size=5))
def test_texts_and_names_come_out_as_with_any_other_template(
    pieces: list[str], a: str, b: str
) -> None:
    plain = parse_prompt(f"= {''.join(pieces)} =", "p.md")
    other = parse_prompt(f"= {''.join(pieces)} ={{% if false %}}{{% endif %}}", "p.md")
    assert plain.render({"a": a, "b": b}) == other.render({"a": a, "b": b})


def test_a_name_that_holds_no_text_is_written_or_refused_as_ever() -> None:
    prompt = parse_prompt("{{ a }}", "p.md")
    assert prompt.render({"a": [1, None]})[0].content == "[1, null]"
    with pytest.raises(TemplateError, match="no variable 'a'"):
        prompt.render({})
    with pytest.raises(TemplateError, match="longer than 1,000,000"):
        parse_prompt("{{ a }}{{ a }}", "p.md").render({"a": "x" * 600_000})
