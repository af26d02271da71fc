def count(texts: list[str]) -> dict[str, int]:
    return {"words": sum(len(text.split()) for text in texts)}
