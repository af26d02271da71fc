"""The top of the page: what it is about, the sentence, and the scores with their intervals."""

from genaiops.evaluations.reports.comparison_figures import size_text
from genaiops.evaluations.reports.figures import estimate_text
from genaiops.evaluations.reports.html.markup import Html, element, join
from genaiops.evaluations.reports.html.subject import Subject
from genaiops.records import Decision
from genaiops.text.quantities import counted

_MARKS = {"pass": "✓ pass", "fail": "✗ fail", "inconclusive": "? inconclusive"}


def masthead(subject: Subject) -> Html:
    """The title with date, size and version."""
    runs = subject.runs
    told: list[str] = [", ".join(dict.fromkeys(run.started_at[:10] for run in runs))]
    if subject.comparison is not None:
        told.append(size_text(subject.comparison))
    elif runs:
        told.append(counted(max(run.planned // run.repeats for run in runs), "case"))
    if runs:
        told.append(counted(max(run.repeats for run in runs), "repeat"))
    if len(subject.arms) > 1:
        told.append(counted(len(subject.arms), "arm"))
    told.extend(dict.fromkeys(f"genaiops {run.version}" for run in runs))
    parts = [element("span", part) for part in told if part]
    return element("header", element("h1", subject.title), element("p", *parts, class_="facts"))


def lead(subject: Subject) -> Html:
    """The sentence: what is proven, or what was decided."""
    comparison = subject.comparison
    if comparison is not None:
        return join([element("p", comparison.sentence, class_="lead"), _notes(comparison.notes)])
    decisions = {
        label: report.decision
        for label, report in subject.reports.items()
        if report.decision is not None
    }
    if decisions:
        several = len(decisions) > 1
        return join(_decided(label if several else "", each) for label, each in decisions.items())
    metric = subject.metric
    found = list(subject.estimates(metric.name).values()) if metric is not None else []
    if len(subject.reports) > 1 or not found:
        return element("p", "The answers side by side; nothing is claimed.", class_="lead")
    told = f"{found[0].info.name}: {estimate_text(found[0].estimate, found[0].info)}"
    return element("p", f"{told} on {counted(found[0].estimate.n, 'case')}.", class_="lead")


def _decided(label: str, decision: Decision) -> Html:
    word = element("strong", _MARKS[decision.word].upper(), class_=f"word {decision.word}")
    name = [element("span", f"{label}: ")] if label else []
    return join(
        [
            element("p", *name, word, " ", decision.summary, class_="lead"),
            _notes(decision.against),
            element("p", decision.policy_sentence),
            _notes(decision.notes),
        ]
    )


def _notes(notes: tuple[str, ...]) -> Html:
    return element("ul", *(element("li", note) for note in notes)) if notes else Html()
