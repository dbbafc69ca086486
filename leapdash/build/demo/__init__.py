"""A synthetic state whose true effects are known; `make_state` is its one door."""

from leapdash.build.demo.simulate import DemoSummary, make_state

__all__ = ["DemoSummary", "make_state"]
