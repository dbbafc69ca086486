"""What tables are worked on: one file per engine, and nothing outside this folder names one."""

from leapdash.engines.engine import Engine, EngineError
from leapdash.engines.opening import ANY_CORES, DEFAULT_ENGINE, ENGINES, engine_of, open_engine
from leapdash.engines.workspace import Workspace

__all__ = [
    "ANY_CORES",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Engine",
    "EngineError",
    "Workspace",
    "engine_of",
    "open_engine",
]
