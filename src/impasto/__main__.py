"""`python -m impasto`: the command line, where no `impasto` script was installed."""

from impasto.cli.main import run

if __name__ == "__main__":
    run()
