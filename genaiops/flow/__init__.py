"""Flows: a checked graph of nodes, and the engine that runs it."""
