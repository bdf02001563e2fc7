"""The studio: a web page and its API over the painter. Web process, workers, database, storage; the page itself is in `page/`.

`serve` starts it all on one machine, `worker` joins from another; `web/` is what speaks HTTP. The rows of the database are the
truth: queue and processes may die at any time, and what they held is found again.
"""
