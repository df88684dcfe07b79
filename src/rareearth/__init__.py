"""Data, models, figures and numbers for the report *Past the Chokepoint*.

Chapters import four things: :mod:`rareearth.data` (tables and sources), :mod:`rareearth.models`
(pure functions), :mod:`rareearth.figures` (frame in, figure out) and :mod:`rareearth.report`
(what puts numbers, figures and tables on a page).
"""

from importlib.metadata import version

__version__ = version("past-the-chokepoint")
