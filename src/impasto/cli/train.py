"""`impasto train`: networks of your own. Each kind's options and messages are in a file of its own."""

import argparse

from impasto.cli import train_encoder, train_networks


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto train encoder`, `arbitrary` and `style`."""
    train = subparsers.add_parser("train", help="train a network of your own", description="Trains networks.")
    kinds = train.add_subparsers(metavar="WHAT", required=True)
    train_networks.add_arbitrary(kinds)
    train_networks.add_style(kinds)
    train_encoder.add(kinds)
