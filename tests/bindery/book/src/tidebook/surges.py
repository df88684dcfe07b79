"""What wind and air pressure add to the tide."""

import csv
from pathlib import Path

import yaml


def height(scenario, factor):
    """Surge in metres: assumed set-ups times the scenario's multiplier times a factor."""
    with open("data/assumptions.csv", encoding="utf-8", newline="") as file:
        total = sum(float(row["mode"]) for row in csv.DictReader(file))
    path = scenario if scenario.endswith(".yml") else f"data/scenarios/{scenario}.yml"
    return total * _scenario(path)["multiplier"] * factor


def editions(*files):
    """Title of each scenario by its name, or of those in files."""
    paths = files or sorted(Path("data/scenarios").glob("*.yml"))
    return {Path(path).stem: _scenario(path)["title"] for path in paths}


def _scenario(path):
    with open(path, encoding="utf-8") as file:
        content = yaml.safe_load(file)
    for key in content:
        if key not in ("title", "multiplier"):
            raise ValueError(f"{Path(path).name}: unknown key {key!r}; known: title, multiplier.")
    return content
