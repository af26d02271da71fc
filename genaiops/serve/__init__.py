"""Flows over HTTP: who may ask, how much, and what comes back; `wire.py` is the door of aiohttp."""
