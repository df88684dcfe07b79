"""What wind and air pressure add to the tide."""

import csv

import yaml


def height(scenario, factor):
    """Surge in metres: assumed set-ups times the scenario's multiplier times a factor."""
    with open("data/assumptions.csv", encoding="utf-8", newline="") as file:
        total = sum(float(row["mode"]) for row in csv.DictReader(file))
    with open(f"data/scenarios/{scenario}.yml", encoding="utf-8") as file:
        return total * yaml.safe_load(file)["multiplier"] * factor
