"""Texts with what a terminal obeys in them."""

from hypothesis import strategies as st

ESCAPES = ["\x1b[31m", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m"]
PIECES = st.text(max_size=6) | st.sampled_from([*ESCAPES, "\r", "\x07", "\u202e"])
WILD = st.lists(PIECES, max_size=12).map("".join)
