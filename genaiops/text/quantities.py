"""Dollars, durations and counts, as people say them. Pure."""


def money(cost_usd: float | None) -> str:
    """Dollars: $0.04, $0.0031, or that no price is known."""
    if cost_usd is None:
        return "cost unknown"
    return f"${cost_usd:.2f}" if cost_usd >= 0.01 or cost_usd == 0 else f"${cost_usd:.4f}"


def seconds(duration_s: float) -> str:
    """A duration: 0.31 s, 12.4 s, 3 min 5 s."""
    if duration_s < 59.95:
        return f"{duration_s:.2f} s" if duration_s < 9.995 else f"{duration_s:.1f} s"
    minutes, rest = divmod(round(duration_s), 60)
    return f"{minutes} min {rest} s"


def long_time(duration_s: float) -> str:
    """A time in its two largest units: 40 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if duration_s < 59.5:
        return f"{round(duration_s)} s"
    minutes = round(duration_s / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(round(duration_s / 3600), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun: "1 case", "2 cases", "0 indexes"."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"
