def clean(text: str, limit: int = 3) -> str:
    return text[:limit]
