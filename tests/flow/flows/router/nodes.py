def polish(text: str) -> str:
    return text.strip().capitalize()


async def hand_over(intent: str) -> str:
    return f"A colleague will look at your letter ({intent})."
