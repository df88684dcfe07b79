"""Models and tables against what is known: published results, records, and what then happened."""
