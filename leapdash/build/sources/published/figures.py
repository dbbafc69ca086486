"""What a file of published figures gives a build."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Figures:
    """The rows of one file, and for which table of the contract they are. `title`: the dataset's,
    as in the rows' `source`; `publisher` and `licence`: whose it is.
    """

    table: str
    rows: pa.Table
    title: str
    publisher: str
    licence: str
