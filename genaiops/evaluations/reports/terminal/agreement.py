"""How far a judge and people agree, for the terminal."""

from collections.abc import Iterator, Mapping

from genaiops.gates.agreeing import Agreement, Rating
from genaiops.stats import Measured
from genaiops.text.layout import one_line, table, wrapped
from genaiops.text.quantities import counted

_MOST_CATEGORIES = 10
_NAME = 40


def agreement_text(
    name: str, agreement: Agreement, slices: Mapping[str, Agreement], *, width: int | None = None
) -> str:
    """Measures with their intervals of 95%, who said what, and what it means in a sentence."""
    parts = [_head(name, agreement), *_measures(agreement), "", *_table(agreement)]
    if slices:
        parts += ["", *_slices(slices)]
    meant = [meaning(agreement), *_threshold(agreement)]
    return "\n".join([*parts, "", *(wrapped(each, width=width) for each in meant)])


def meaning(agreement: Agreement) -> str:
    """What the figures say about the judge, beside how far people agree with each other."""
    raters, judge = agreement.raters_agreeing, agreement.judge_agreeing
    if raters.value is None:
        return (
            f"The judge says what people say of {_percent(agreement.agreeing)} of the answers. "
            "How far people agree with each other is not known: no answer has two raters."
        )
    return (
        f"Two people say the same of an answer {_percent(raters)} of the time; the judge says the "
        f"same as one of them {_percent(judge)} of the time."
    )


def measured_text(found: Measured) -> str:
    """A measure with its interval: `0.70 [0.55, 0.82]`."""
    if found.value is None or found.low is None or found.high is None:
        return "not defined: all is in one category"
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _head(name: str, agreement: Agreement) -> str:
    ratings = sum(len(rated.people) for rated in agreement.answers)
    told = f"{one_line(name, _NAME)}: {counted(len(agreement.answers), 'answer')}"
    if ratings > len(agreement.answers):
        told = f"{told}, {counted(ratings, 'label')}"
    if agreement.split:
        told = f"{told}; {agreement.split} without a majority set aside"
    return told


def _measures(agreement: Agreement) -> Iterator[str]:
    rows = [
        ("agreement", _percent(agreement.agreeing)),
        ("kappa", measured_text(agreement.kappa)),
        ("AC1", measured_text(agreement.ac1)),
        ("alpha", measured_text(agreement.alpha)),
    ]
    if agreement.weighted_kappa is not None:
        rows.insert(2, ("weighted kappa", measured_text(agreement.weighted_kappa)))
    if agreement.raters_agreeing.value is not None:
        rows.append(("alpha of people", measured_text(agreement.raters_alpha)))
    yield from (f"  {line}" for line in table(rows).splitlines())


def _table(agreement: Agreement) -> Iterator[str]:
    names = [category_text(each) for each in agreement.categories]
    if len(names) > _MOST_CATEGORIES:
        yield f"  {len(names)} different labels: too many for a table"
        return
    counts = agreement.table.astype(int)
    rows = [("people", *(f"judge {name}" for name in names))]
    rows += [
        (name, *(str(count) for count in line[: len(names)]))
        for name, line in zip(names, counts, strict=False)
    ]
    yield from (f"  {line}" for line in table(rows, right=range(1, len(names) + 1)).splitlines())


def _slices(slices: Mapping[str, Agreement]) -> Iterator[str]:
    rows = [("slice", "n", "agreement", "AC1")]
    rows += [
        (
            one_line(name, _NAME),
            str(len(each.answers)),
            _percent(each.agreeing),
            measured_text(each.ac1),
        )
        for name, each in slices.items()
    ]
    yield from (f"  {line}" for line in table(rows, right=[1]).splitlines())


def _threshold(agreement: Agreement) -> Iterator[str]:
    found = agreement.threshold
    if found is not None:
        low, high = (category_text(each) for each in agreement.categories)
        yield (
            f"A score of {found.value:.4g} or more is taken as {high}, which balances the errors: "
            f"{counted(found.false_yes, 'answer')} labelled {low} taken as {high}, "
            f"{counted(found.false_no, 'answer')} labelled {high} as {low}."
        )


def category_text(rating: Rating) -> str:
    """A category as it is written in tables."""
    return one_line(rating, _NAME) if isinstance(rating, str) else f"{rating:g}"


def _percent(found: Measured) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "none"
    return f"{100 * found.value:.1f}% [{100 * found.low:.1f}, {100 * found.high:.1f}]"
