"""A run, a decision and a comparison as a terminal, a test or a notebook shows them."""
