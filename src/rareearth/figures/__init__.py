"""Figures: one module per chapter, frame in, matplotlib figure out."""
