from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import Fault, SpecError
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.dataset import DatasetCard
from genaiops.specs.document import Place
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.flow import FlowSpec
from genaiops.specs.load import load_spec, parse_yaml, read_text, validate
from genaiops.specs.project import ProjectSpec


def faults_of(text: str, kind: type = FlowSpec) -> list[str]:
    with pytest.raises(SpecError) as caught:
        validate(parse_yaml(dedent(text), "f.yaml"), kind)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("012", "012"),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2027-03-01", "2027-03-01"),
        ('"12"', "12"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
    ],
)
def test_a_scalar_means_what_people_mean(written: str, meant: object) -> None:
    assert parse_yaml(f"a: {written}", "f.yaml").value == {"a": meant}


def test_a_version_stays_as_written_where_a_text_is_wanted() -> None:
    card = f"name: a\nversion: 1.10\nsource: us\nlicence: mit\nsha256: {'0' * 64}\n"
    assert validate(parse_yaml(card, "c.yaml"), DatasetCard).version == "1.10"


def test_places_count_from_one_and_tell_keys_and_items() -> None:
    document = parse_yaml("a:\n  - x\n  - b: 1\n", "f.yaml")
    assert document.places[("a", 1, "b")] == Place(3, 5)
    assert document.places[("a", 0)] == Place(2, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "f.yaml:2:1: the key 'a' stands twice"),
        ("a: &x 1\nb: *x", "f.yaml:1:4: anchors (&x) are not supported"),
        ("a: !!python/object:os.system 1", "tags (tag:yaml.org,2002:python/object:os.system)"),
        ("<<: {a: 1}", "f.yaml:1:1: merge keys (<<) are not supported"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: one document a file"),
        ("? [a]\n: 1", "f.yaml:1:3: a key must be a text"),
        ("{q: ${inputs.q}}", "quote a reference inside braces"),
        ("a:\n\tb: 1", "indent with spaces, not tabs"),
        ("a: [1", "f.yaml:2:1: not YAML"),
        ("[" * 70 + "]" * 70, "nested deeper than 64 levels"),
        ("- 1\n" * 50_001, "more than 50,000 values"),
    ],
)
def test_refused_yaml_says_where_and_why(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_yaml(text, "f.yaml")
    assert message in str(caught.value)


def test_an_alias_bomb_is_refused_without_expanding() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40)]
    with pytest.raises(SpecError, match="aliases"):
        parse_yaml("\n".join(lines), "f.yaml")


def test_an_unknown_key_names_the_nearest() -> None:
    text = """
        nodes:
          answer:
            prompt: a.md
            modle: m
        outputs: {answer: "${answer.text}"}
    """
    faults = faults_of(text)
    assert faults[0] == "f.yaml:3:3: missing key 'model' in nodes.answer"
    assert faults[1].startswith("f.yaml:5:5: unknown key 'modle'; did you mean 'model'?")


def test_a_node_has_exactly_one_kind() -> None:
    text = """
        nodes:
          answer: {prompt: a.md, retrieve: x}
        outputs: {answer: "${answer.text}"}
    """
    assert faults_of(text) == [
        "f.yaml:3:3: nodes.answer: a node has exactly one of: prompt, retrieve, python, flow"
    ]


def test_all_faults_of_a_file_are_gathered() -> None:
    text = """
        models:
          a: {provider: opnai}
          b: {provider: local, weights: [x], context: many}
          c: {provider: openai, base_url: u, model: m, api_key: sk-abc}
    """
    told = "\n".join(faults_of(text, CatalogSpec))
    assert "f.yaml:3:3: provider cannot be 'opnai'; did you mean 'openai'?" in told
    assert "f.yaml:4:24: models.b.weights must be a text, not a list" in told
    assert "f.yaml:4:38: models.b.context must be a whole number, not 'many'" in told
    assert "f.yaml:5:48: a secret is written as a reference" in told
    assert "sk-abc" not in told


def test_a_choice_names_the_allowed_words() -> None:
    told = faults_of(
        """
        flow: flows/a
        dataset: d.jsonl
        metrics: [exact_match, {contains: {as: 1}}]
        on_inconclusive: blocks
        gates: [{metric: exact_match, at_least: 0.5, max_cases: 0}]
        """,
        EvalSpec,
    )
    assert any("on_inconclusive cannot be 'blocks'; did you mean 'block'?" in line for line in told)
    assert any("f.yaml:6:9: a gate has exactly one of" in line for line in told)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.yaml:1:1: the file is empty"),
        (b"- a\n", "f.yaml:1:1: expected keys with values at the top"),
        (b"name: a\n\xff", "f.yaml:2:1: not UTF-8 (byte 0xff); save the file as UTF-8"),
        (b"name: " + b"x" * 1_000_001, "f.yaml: 1,000,007 bytes are more than 1,000,000"),
    ],
)
def test_a_file_that_cannot_be_a_spec(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "f.yaml").write_bytes(data)
    with pytest.raises(SpecError) as caught:
        load_spec(tmp_path / "f.yaml", ProjectSpec, "f.yaml")
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"f\.yaml: there is no such file"):
        load_spec(tmp_path / "f.yaml", ProjectSpec, "f.yaml")


def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes("\ufeffname: é\r\nseed: 3\r\n".encode())
    loaded = load_spec(tmp_path / "f.yaml", ProjectSpec, "f.yaml")
    assert (loaded.spec.name, loaded.spec.seed) == ("é", 3)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        parse_yaml(text, "f.yaml")
    except SpecError as error:
        faults = error.faults
    assert all(fault.line >= 1 for fault in faults)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"a\.yaml: is a folder; name a file in it"):
        read_text(tmp_path, "a.yaml", max_bytes=1)
