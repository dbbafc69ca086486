"""A synthetic state whose true effects are known; `make_state` is its one door."""

from leapdash.demo.state import DemoSummary, make_state

__all__ = ["DemoSummary", "make_state"]
