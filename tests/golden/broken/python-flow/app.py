async def answer(query: str, run: object) -> str:
    return f"{query} {run}"
