from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.sse import EventStream

TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1),
    max_size=5,
)


@given(TEXTS, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 7))
def test_events_do_not_depend_on_how_the_bytes_are_cut(
    texts: list[str], end: str, size: int
) -> None:
    sent = "".join(f"data: {text}{end}{end}" for text in texts).encode() + b": end\n"
    stream = EventStream()
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert [event for piece in pieces for event in stream.feed(piece)] == texts


def test_comments_and_other_fields_are_passed_over_and_data_lines_joined() -> None:
    sent = b": keep alive\n\nevent: x\nid: 7\ndata: a\ndata:b\n\ndata: unfinished"
    assert EventStream().feed(sent) == ["a\nb"]
