import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.index.markup import html_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>two</p>", "One\ntwo"),
        ("  a \n b<b>c</b> d ", "a bc d"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A\tB\nC"),
        ("<h2>Head <i>line</i></h2>text", "## Head line\n\ntext"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("&lt;b&gt; &pound;30 &#233;", "<b> £30 é"),
        ("<title>T</title><p>Body</p>", "Body"),
        ("<head><meta charset=utf-8><body>Body", "Body"),
        ("<p>One<script>alert('x')</script> two<style>p{}</style></p>", "One two"),
        ("<svg><text>no</text></svg>yes", "yes"),
        ("<!-- hidden -->shown", "shown"),
        ("<p>never closed", "never closed"),
        ("</p></script>stray ends", "stray ends"),
        ("", ""),
    ],
)
def test_html_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert html_text(markup) == text


@given(st.text("<>/!-abp &;=\"'\n#h1scrit", max_size=80))
def test_no_markup_breaks_the_reader(markup: str) -> None:
    assert html_text(markup) == html_text(markup)
