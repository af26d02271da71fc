"""Releases on their shelf, who did what with them, and what that comes to."""
