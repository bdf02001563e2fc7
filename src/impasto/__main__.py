"""`python -m impasto`: the command line, where no `impasto` script was installed."""

import sys

from impasto.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
