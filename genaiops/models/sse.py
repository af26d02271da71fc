"""Server-sent events out of bytes, without any input or output of its own."""


class EventStream:
    """Takes bytes as they come and gives the data of each event that is complete.

    Source: WHATWG HTML, section 9.2.6, Interpreting an event stream; only `data` fields matter
    here, and an event that the stream ends within is not given.
    """

    def __init__(self) -> None:
        self._unfinished: list[bytes] = []
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[str]:
        """The events that this piece completes, in order.

        Raises:
            UnicodeDecodeError: an event is not UTF-8.
        """
        self._unfinished.append(piece)
        if b"\n" not in piece and b"\r" not in piece:
            return []
        lines = b"".join(self._unfinished).splitlines(keepends=True)
        # a final \r may be the first half of \r\n
        complete = lines[-1].endswith(b"\n")
        self._unfinished = [] if complete else [lines.pop()]
        return [event for line in lines if (event := self._line(line.rstrip(b"\r\n"))) is not None]

    def _line(self, line: bytes) -> str | None:
        if line:
            field, _, value = line.partition(b":")
            if field == b"data":
                self._data.append(value.removeprefix(b" "))
            return None
        data, self._data = self._data, []
        return b"\n".join(data).decode() if data else None
