from typing import Literal

READINGS = {"A1": 1250, "B2": 80}


def read_meter(number: str, unit: Literal["kWh", "MWh"] = "kWh") -> dict[str, object]:
    """Read a meter.

    Longer words that the model need not see.

    Args:
        number: the number on the meter.
        unit: of the reading.
    """
    return {"reading": READINGS[number] / (1 if unit == "kWh" else 1000), "unit": unit}


async def tariff() -> str:
    """The price of a kWh."""
    return "0.31"
