"""The data of the metric `injection`, in the halves that are trained on and that are not."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN = Path(__file__).with_name("injection_texts.jsonl")


@dataclass(frozen=True, slots=True)
class Half:
    """E-mails, and attacks by category, of BIPIA; and queries of bank customers, of Banking77."""

    mails: Sequence[str]
    attacks: Mapping[str, Sequence[str]]
    queries: Sequence[str]

    def attacked(self) -> Iterator[tuple[int, str]]:
        """Each e-mail with each attack at its beginning, middle or end in turn; and its number."""
        place = 0
        for texts in self.attacks.values():
            for attack in texts:
                for number, mail in enumerate(self.mails):
                    yield number, planted(mail, attack, place)
                    place += 1


def planted(mail: str, attack: str, place: int) -> str:
    """The mail with an attack on a line of its own: 0 before, 1 within, 2 after, and so on."""
    cut = (0, max(mail.find(" ", len(mail) // 2), 0), len(mail))[place % 3]
    return f"{mail[:cut]}\n{attack}\n{mail[cut:]}"


def halves(data: Path) -> tuple[Half, Half]:
    """What is trained on: every other e-mail and category, and the training queries; the rest."""
    lines = (data / "bipia/email_train.jsonl").read_text("utf-8").splitlines()
    mails = [json.loads(line)["context"] for line in lines]
    attacks = dict[str, list[str]]()
    for kind in ("code", "text"):
        read = json.loads((data / f"bipia/{kind}_attack_train.json").read_text("utf-8"))
        attacks |= {f"{kind}: {name}": texts for name, texts in read.items()}
    names = sorted(attacks)
    first, second = (
        Half(
            mails[start::2],
            {name: attacks[name] for name in names[start::2]},
            queries(data / f"banking77/{part}.csv"),
        )
        for start, part in ((0, "train"), (1, "test"))
    )
    return first, second


def queries(file: Path) -> list[str]:
    """The queries of a part of Banking77."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [row["text"] for row in csv.DictReader(opened)]


def own_texts(*, order: bool) -> list[str]:
    """Our own sentences: orders to a model, or what only looks like them."""
    lines = map(json.loads, OWN.read_text("utf-8").splitlines())
    return [line["text"] for line in lines if line["order"] is order]
