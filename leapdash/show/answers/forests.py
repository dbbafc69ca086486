"""Effects row by row as figures: a forest plot, and what differs between its rows."""

from functools import partial

import pandas as pd

from leapdash.show.answers.model import Figure, Part, Text
from leapdash.show.charts.effect_rows import WholeLine, forest
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.views.effect_rows import SliceRows, whole_name
from leapdash.show.views.effects import headlines_on
from leapdash.show.words import effect_rows as row_words


def forest_of(
    choice: Choice, name: str, title: str, rows: pd.DataFrame, *notes: str
) -> Figure | Text:
    """The rows as a forest plot with a line for the whole choice, or that there are none."""
    if not len(rows):
        return Text(_(row_words.NO_ROWS))
    effect = getattr(headlines_on(choice), choice.headline).effect
    whole = None if effect is None else WholeLine(whole_name(choice), effect)
    axis = row_words.effect_axis(choice.headline)
    chart = partial(forest, rows, whole, axis)
    told = tuple(note for note in (*notes, row_words.mind_rows(rows)) if note)
    return Figure(name, title, chart, rows, row_words.alt_forest(title, rows), told)


def slices_of(
    choice: Choice, name: str, title: str, found: SliceRows | None, *notes: str
) -> tuple[Part, ...]:
    """A slice's rows as a forest plot, and the differences between its values in words; or why
    there are none.
    """
    if found is None:
        return (Text(row_words.no_slices(choice)),)
    nobody = row_words.left_out_note(found.rows)
    plot = forest_of(choice, name, title, found.rows, *([] if nobody is None else [nobody]))
    if not len(found.rows):
        return (plot,)
    differences = Text(row_words.differences_answer(found))
    return (plot, differences, *(Text(note, small=True) for note in notes))
