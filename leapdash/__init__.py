"""leapdash: what home visits did for school attendance."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leapdash.estimator.event_study import event_study

__version__ = "0.1.0"
__all__ = ["event_study"]


def __getattr__(name: str) -> Any:
    # Only when asked for: the pages never load the engine behind it.
    if name == "event_study":
        return import_module("leapdash.estimator.event_study").event_study
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
