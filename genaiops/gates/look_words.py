"""What a run that was looked at as it went saved, and how its verdicts are to be read."""

from genaiops.records import EvalRun, Looks
from genaiops.text.quantities import counted, money


def look_notes(run: EvalRun) -> list[str]:
    """The notes about looks; none where a run was judged when it was done."""
    looks = run.looks
    if looks is None:
        return []
    saved = [_saved(run, looks)] if run.is_cut_short else []
    why = "; going on was unlikely to decide it" if looks.end == "futile" else ""
    made = f"judged in sequence, by {counted(looks.made, 'look')}{why}"
    return [*saved, f"{made}: errors and intervals hold for all looks together"]


def _saved(run: EvalRun, looks: Looks) -> str:
    """What the cases left out would have taken, were they like those that were run."""
    cases = run.planned // run.repeats
    share = (cases - looks.cases) / looks.cases
    told = f"stopped after {looks.cases} of {cases} cases"
    calls = round((run.made_calls + run.reused_calls) * share)
    if not calls:
        return told
    usd = (run.usage.cost_usd or 0.0) * share
    cost = f" and about {money(usd)}" if usd else ""
    return f"{told}: {counted(calls, 'call')}{cost} not spent"
