"""Attacks on a flow: our own probes, the techniques that dress them, and the cases they become."""

from genaiops.redteam.probe import KINDS, Kind, Probe, all_probes
from genaiops.redteam.suite import Choice, Target, cases_of
from genaiops.redteam.techniques import TECHNIQUES, Technique

__all__ = [
    "KINDS",
    "TECHNIQUES",
    "Choice",
    "Kind",
    "Probe",
    "Target",
    "Technique",
    "all_probes",
    "cases_of",
]
