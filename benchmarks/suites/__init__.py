"""One file a suite: `run(plan) -> (rows, about, skipped)`. What becomes of the rows is `tables.py`'s and `plots.py`'s."""

SUITES = ("startup", "sizes", "methods", "curves", "realtime", "training", "recipes", "judges", "pairs", "models")
"""In the order in which they run, what takes longest last; the last two need a corpus, and the one before a trained judge."""
