"""What evidence may show of a text that nobody should read. Pure."""


def masked(text: str) -> str:
    """The first character and the length: enough to find it again, too little to use it."""
    return f"{text[:1]}… ({len(text)} characters)"
