"""Pure functions on arrays and frames: no reading, no plotting, no global state."""
