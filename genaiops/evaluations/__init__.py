"""Running evaluations, and what is made of their results."""
