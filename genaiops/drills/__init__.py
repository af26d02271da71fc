"""Drills: faults on purpose, to see that a promise holds where it is installed."""
