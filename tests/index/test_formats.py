import json

import pytest

from genaiops.errors import InputError
from genaiops.index.formats import ReadText, read_texts


def read(data: bytes, suffix: str) -> list[ReadText]:
    return list(read_texts(data, suffix, f"docs/file{suffix}"))


@pytest.mark.parametrize("suffix", [".md", ".txt", ".markdown"])
@pytest.mark.parametrize(
    "data", [b"a\nb\xc3\xa9", b"\xef\xbb\xbfa\nb\xc3\xa9", b"a\r\nb\xc3\xa9", b"a\rb\xc3\xa9"]
)
def test_a_text_is_the_same_whatever_its_mark_and_line_ends(suffix: str, data: bytes) -> None:
    assert read(data, suffix) == [ReadText("a\nbé")]


def test_bytes_that_are_not_utf_8_are_refused_with_their_place() -> None:
    with pytest.raises(InputError, match=r"docs/file.md: not UTF-8 at byte 3 \(0xe9\)"):
        read(b"caf\xe9", ".md")


def test_each_line_of_jsonl_is_a_document() -> None:
    lines = [
        {"id": "a", "text": "one\r\ntwo", "title": "T"},
        {"document": "b", "text": "zwölf"},
        {"id": 7, "text": "x"},
    ]
    data = b"\xef\xbb\xbf" + "\r\n\r\n".join(json.dumps(line) for line in lines).encode()
    assert read(data, ".jsonl") == [
        ReadText("one\r\ntwo", "a", "T"),
        ReadText("zwölf", "b"),
        ReadText("x", "7"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a",', "file.jsonl:2:12: not JSON"),
        ('{"id": "a"}', "file.jsonl:2: missing key 'text'"),
        ('{"text": "a"}', "file.jsonl:2: a document needs an 'id'"),
        ('{"id": "", "text": "a"}', "file.jsonl:2: a document needs an 'id'"),
        ('{"id": "a", "txt": "b"}', "unknown key 'txt'; did you mean 'text'"),
        ('{"id": "a", "text": ["b"]}', "file.jsonl:2: text: input should be a valid string"),
        ("[1]", "file.jsonl:2: the line"),
        ('{"id": "a", "text": "\\ud800"}', "half a surrogate pair at character 0"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_line_that_is_no_document_is_refused_with_its_number(line: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(f'{{"id": "ok", "text": "x"}}\n{line}\n'.encode(), ".jsonl")
    assert message in str(caught.value)


def test_html_is_read_as_its_text() -> None:
    assert read(b"<h1>Title</h1><p>One &amp; two</p>", ".html") == [
        ReadText("# Title\n\nOne & two")
    ]
