"""Recorded answers, read from a JSONL file and given again as they were.

A line answers a request when the model and the repeat are the same, and the case id and the digest
of the messages are, as far as the line states them. A line that states both is preferred, then one
with the digest, then one with the case id alone.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from pydantic import Field, JsonValue, ValidationError, model_validator
from pydantic_core import from_json

from genaiops.digests import digest
from genaiops.errors import CallError, Fault, InputError, SpecError
from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import FREELY, Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest, Message, Record
from genaiops.specs import catalog
from genaiops.specs.document import Document, Place
from genaiops.specs.validation import explain

_RecordT = TypeVar("_RecordT", bound=Record)
MAX_FAULTS = 20

_JSON_PLACE = re.compile(r" at line \d+ column (\d+)\Z")

Key = tuple[str | None, str | None, int]
"""Case id, digest of the messages, repeat."""


class Answered(Record):
    """What a line states of the request that it answers, and whose answer it is."""

    model: str
    case_id: str | None = None
    digest: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    repeat: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if self.case_id is None and self.digest is None:
            raise ValueError("a line needs a case_id, a digest of the messages, or both")
        return self

    @property
    def key(self) -> Key:
        """By what a request finds the line."""
        return (self.case_id, self.digest, self.repeat)


@dataclass(frozen=True, slots=True)
class _Line:
    answered: Answered
    completion: Completion


class ReplayModel:
    """Answers from a recording that is read once; nothing is called."""

    def __init__(self, name: str, spec: catalog.ReplayModel, path: Path) -> None:
        """Read the recording.

        Args:
            name: The name in the catalog.
            spec: The entry; its `recording` is how messages name the file.
            path: Where the file is.

        Raises:
            SpecError: the file is missing or has bad lines; all of them.
            InputError: the file has no answers of this model.
        """
        lines = _read(path, spec.recording)
        own = [line for line in lines if line.answered.model == spec.model]
        if not own:
            known = {line.answered.model for line in lines}
            raise InputError.unknown(f"model in {spec.recording}", spec.model, known)
        self._name = name
        self._spec = spec
        self._answers = {line.answered.key: line.completion for line in own}
        self._identity = digest(
            {
                "provider": "replay",
                "model": spec.model,
                "lines": sorted(_written(line.answered, line.completion) for line in own),
            }
        )

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def decided_by(self) -> frozenset[str]:
        return frozenset({"messages", "case_id", "repeat"})

    @property
    def allowance(self) -> Allowance:
        return FREELY

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        case_id, asked = request.case_id, messages_digest(request.messages)
        repeat = request.repeat
        for key in ((case_id, asked, repeat), (None, asked, repeat), (case_id, None, repeat)):
            completion = self._answers.get(key)
            if completion is not None:
                if on_text is not None and completion.text:
                    on_text(completion.text)
                return completion
        raise CallError("recording", self._missing(request))

    async def aclose(self) -> None:
        """There is nothing to give back."""

    def _missing(self, request: CompletionRequest) -> str:
        case = "these messages" if request.case_id is None else f"case {request.case_id!r}"
        known = [key for key in self._answers if key[0] == request.case_id and key[0] is not None]
        if any(repeat == request.repeat for _, _, repeat in known):
            why = "the case is recorded, but for other messages: the prompt or its data changed"
        elif known:
            why = f"the case is recorded, but not for repeat {request.repeat}"
        else:
            why = "there is no such line"
        return (
            f"{self._spec.recording} holds no answer of model {self._spec.model!r} to {case}, "
            f"repeat {request.repeat}: {why}; record it with the real model (docs/models.md)"
        )


class RecordingModel(WrappedModel):
    """A model that hands out a line of a recording for each answer as it comes."""

    def __init__(self, model: Model, write: Callable[[str], None]) -> None:
        """Wrap a model.

        Args:
            model: Who answers; its name becomes the model of the lines.
            write: Takes each line, without a line feed.
        """
        super().__init__(model)
        self._write = write

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        completion = await self._model.complete(request, on_text)
        self._write(recording_line(request, completion, self.name))
        return completion


def recording_line(request: CompletionRequest, completion: Completion, model: str) -> str:
    """The line, without a line feed, that gives this answer again to the same request.

    It states the digest of the messages, and the case id where there is one.
    """
    answered = Answered(
        model=model,
        case_id=request.case_id,
        digest=messages_digest(request.messages),
        repeat=request.repeat,
    )
    return _written(answered, completion)


def recorded_models(path: Path, shown: str) -> frozenset[str]:
    """The models whose answers a recording holds, after all its lines were found good.

    Raises:
        SpecError: the file is missing or has bad lines; all of them.
    """
    return frozenset(line.answered.model for line in _read(path, shown))


def messages_digest(messages: Sequence[Message]) -> str:
    """The sha256 of the canonical JSON of messages, by which a recording finds its answer."""
    return digest([message.model_dump(mode="json") for message in messages])


def _written(answered: Answered, completion: Completion) -> str:
    stated = answered.model_dump(mode="json", exclude_defaults=True)
    answer = completion.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(stated | {"text": completion.text} | answer, ensure_ascii=False)


def _read(path: Path, shown: str) -> list[_Line]:
    """Every line of a file, after all were found good; about twenty faults are told."""
    faults: list[Fault] = []
    places: dict[tuple[str, Key], int] = {}
    lines: list[_Line] = []
    for number, text in _written_lines(path, shown):
        try:
            line = _parsed(text, shown, number)
        except SpecError as error:
            faults.extend(error.faults)
        else:
            place = places.setdefault((line.answered.model, line.answered.key), number)
            if place != number:
                faults.append(Fault(shown, number, 1, f"answers the same request as line {place}"))
            lines.append(line)
        if len(faults) >= MAX_FAULTS:
            break
    if faults:
        raise SpecError(faults)
    return lines


def _written_lines(path: Path, shown: str) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SpecError([Fault(shown, 0, 0, "there is no such recording")]) from None
    except OSError as error:
        raise SpecError([Fault(shown, 0, 0, f"cannot be read: {error.strerror}")]) from error
    for number, text in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if text.strip():
            yield number, text


def _parsed(text: bytes, shown: str, number: int) -> _Line:
    """One line.

    Raises:
        SpecError: its faults.
    """
    try:
        written: JsonValue = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        told = _JSON_PLACE.search(str(error))
        message = f"not JSON: {_JSON_PLACE.sub('', str(error))}"
        raise SpecError([Fault(shown, number, int(told[1]) if told else 1, message)]) from error
    if not isinstance(written, dict):
        raise SpecError([Fault(shown, number, 1, "a line must be keys with values")])
    here = Place(number, 1)
    document = Document(shown, written, {(): here, **{(key,): here for key in written}})
    keys = Answered.model_fields
    stated = {key: value for key, value in written.items() if key in keys}
    answer = {key: value for key, value in written.items() if key not in keys}
    return _Line(_record(document, stated, Answered), _record(document, answer, Completion))


def _record(document: Document, fields: object, kind: type[_RecordT]) -> _RecordT:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise SpecError(explain(error, kind, document)) from error
