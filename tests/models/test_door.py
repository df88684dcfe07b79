"""What may enter a model, and what must leave it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import door


@given(st.lists(st.floats(0, 1), min_size=1))
def test_legal_numbers_pass_as_they_are(values):
    assert door.numbers("x", values, door.FRACTION).tolist() == values


@pytest.mark.parametrize(
    ("values", "limits", "message"),
    [
        ([1, np.nan], door.ANY, "x must be a number everywhere; one is nan"),
        ([1, -np.inf], door.ANY, "one is -inf"),
        ([0.5, 2], door.FRACTION, "x must be at least 0 and at most 1; one is 2"),
        (0, door.POSITIVE, "x must be above 0; one is 0"),
        (-3, door.NOT_NEGATIVE, "x must be at least 0; one is -3"),
    ],
)
def test_others_are_refused_with_the_culprit(values, limits, message):
    with pytest.raises(ValueError, match=message):
        door.numbers("x", values, limits)


def test_a_frame_must_have_its_columns():
    frame = pd.DataFrame({"a": [0.2, 0.3]})
    door.columns(frame, {"a": door.FRACTION})
    with pytest.raises(ValueError, match="The draws lack b"):
        door.columns(frame, {"a": door.FRACTION, "b": door.ANY})


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=5))
def test_mass_that_is_lost_or_made_is_noticed(streams):
    door.conserved("Ore", sum(streams), *streams)
    for wrong in (0.999, 1.001):
        with pytest.raises(ValueError, match="Ore: what leaves differs"):
            door.conserved("Ore", wrong * sum(streams), *streams)
