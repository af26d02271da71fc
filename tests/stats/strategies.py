"""What property tests of statistics draw from."""

from hypothesis import settings
from hypothesis import strategies as st

from genaiops.stats import Counts

steady = settings(max_examples=50, deadline=None, derandomize=True)
"""The same examples in every run; the first call for a number of pairs fills a table."""

few = settings(steady, max_examples=20)
"""For tests that draw weights."""

alphas = st.sampled_from([0.01, 0.05, 0.1])
margins = st.sampled_from([0.0, 0.02, 0.05, 0.1])
grades = st.lists(st.sampled_from([0.0, 0.25, 0.3, 0.5, 1.0]), min_size=1, max_size=30)
differences = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.2, 1.0]), min_size=1, max_size=30)


@st.composite
def counts(draw: st.DrawFn, sizes: tuple[int, ...] = (1, 2, 7, 30, 60)) -> Counts:
    n = draw(st.sampled_from(sizes))
    gains = draw(st.integers(0, n))
    return Counts(gains, draw(st.integers(0, n - gains)), n)
