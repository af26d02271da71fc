def read_meter(number: str) -> str:
    return number
