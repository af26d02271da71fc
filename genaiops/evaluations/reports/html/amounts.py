"""Numbers of a page that have no metric: money, seconds, counts, dates. Pure."""


def money(cost_usd: float | None) -> str:
    """Dollars, or a dash where no price is known."""
    if cost_usd is None:
        return "–"
    return f"${cost_usd:,.2f}" if cost_usd >= 0.1 or cost_usd == 0 else f"${cost_usd:.2g}"


def seconds(duration_s: float | None) -> str:
    """Seconds, or a dash where they are not known."""
    return "–" if duration_s is None else f"{duration_s:.2f} s"


def counted(number: int, noun: str) -> str:
    """`1 case`, `5,000 cases`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
