"""How well metrics agree with people: modules whose `rows` benchmarks/metrics.py runs."""
