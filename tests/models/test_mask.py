from base64 import b64encode
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.mask import Mask

SECRETS = st.text(st.characters(min_codepoint=43, max_codepoint=126), min_size=6)


@given(SECRETS, st.text())
def test_a_secret_stays_in_no_form(secret: str, around: str) -> None:
    forms = [secret, quote(secret, safe=""), b64encode(secret.encode()).decode().rstrip("=")]
    shown = Mask([secret])(around.join(["", *forms, ""]))
    assert not any(form in shown for form in forms)


def test_a_short_word_is_no_secret() -> None:
    assert Mask(["", "a"])("a cat") == "a cat"
