"""High waters as the harbours report them."""

import csv


def read():
    """Rows of the table of harbours, numbers as floats."""
    with open("data/harbours.csv", encoding="utf-8", newline="") as file:
        return [{k: _typed(v) for k, v in row.items()} for row in csv.DictReader(file)]


def _typed(text):
    try:
        return float(text)
    except ValueError:
        return text
