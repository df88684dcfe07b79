"""The theme: labels do not collide, colours can be read and told apart."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.figures import style

HEIGHTS = st.lists(st.floats(0, 1), min_size=1, max_size=12).map(sorted)


@given(HEIGHTS)
def test_spread_labels_keep_order_distance_and_mean(heights):
    placed = style.spread(heights, 0.05)
    assert all(b - a >= 0.05 - 1e-9 for a, b in itertools.pairwise(placed))
    assert np.mean(placed) == pytest.approx(np.mean(heights), abs=1e-9)


@given(HEIGHTS.filter(lambda h: all(b - a >= 0.05 for a, b in itertools.pairwise(h))))
def test_labels_that_fit_are_not_moved(heights):
    assert style.spread(heights, 0.05) == pytest.approx(heights)


def contrast(color: str) -> float:
    rgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


@pytest.mark.parametrize("color", [*style.ACTORS.values(), *style.SERIES, style.MUTED, style.INK])
def test_text_in_any_colour_of_the_palette_can_be_read(color):
    assert contrast(style.readable(color)) >= 4.5


# Linear-RGB simulation of full protanopia and deuteranopia: Viénot, Brettel and Mollon (1999).
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.004, -0.004, 1]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.022, 0.022, 1]]),
}
CHIEF = [
    style.ACTORS["China"],
    style.ACTORS["United States"],
    style.ACTORS["Rest of world"],
]


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("colors", [CHIEF, list(style.PATHWAYS.values())], ids=["actors", "ways"])
def test_the_chief_colours_differ_for_every_eye(vision, colors):
    for a, b in itertools.combinations(colors, 2):
        seen = [VISION[vision] @ np.array(mpl.colors.to_rgb(c)) ** 2.2 for c in (a, b)]
        difference = np.linalg.norm(np.subtract(*[np.clip(s, 0, 1) ** (1 / 2.2) for s in seen]))
        assert difference > 0.15, f"{a} and {b} look alike to eyes with {vision}"


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_end_labels_stand_beside_their_lines_without_overlap(scale):
    fig, ax = style.new(3.0)
    ax.set_yscale(scale)
    ends = {"a": (2020, 1.0), "b": (2020, 1.01), "c": (2020, 5.0)}
    ax.set_xlim(2000, 2020)
    ax.set_ylim(0.1, 6)
    style.label_ends(ax, ends, dict.fromkeys(ends, "#1f5fa8"))
    style.settle(fig)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert not any(text.get_clip_on() for text in ax.texts), "names stand outside the axes"
    assert all(ax.bbox.x1 < box.x0 and box.x1 < fig.bbox.x1 for box in boxes)
    plt.close(fig)


def test_a_name_stands_where_no_line_runs():
    fig, ax = style.new(4.0)
    ax.plot([0, 2], [50, 50])
    ax.plot([1, 1], [50, 100])
    style.label_points(ax, {"falling": (1.0, 50.0)}, {"falling": "#1f5fa8"})
    box = ax.texts[0].get_window_extent()
    middle = ax.transData.transform((1.0, 50.0))
    assert box.y1 < middle[1], "right, left and above run lines"
    plt.close(fig)


def test_what_is_expected_is_drawn_unlike_what_was_measured():
    for looks in (style.LINES, style.BARS):
        for future in ("forecast", "target"):
            assert looks[future] != looks["reported"]
            assert looks[future] != looks["estimate"]


def test_end_labels_stay_above_the_axis_that_they_end_at():
    fig, ax = style.new(2.0)
    ax.set_ylim(0, 20)
    ax.set_xlim(2024, 2040)
    names = [f"part {i}" for i in range(7)]
    ends = {name: (2040, 0.2 * i) for i, name in enumerate(names)}
    style.label_ends(ax, ends, dict.fromkeys(names, style.INK))
    style.settle(fig)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert min(box.y0 for box in boxes) >= ax.bbox.y0 - 1
    middles = [(box.y0 + box.y1) / 2 for box in boxes]
    assert middles == sorted(middles)
    assert all(low.y1 <= high.y0 + 2 for low, high in itertools.pairwise(boxes))
