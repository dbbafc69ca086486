"""What tables are worked on: one file per engine, and nothing outside this folder names one."""

from leapdash.engines.engine import Engine, EngineError
from leapdash.engines.json_files import JsonEngine
from leapdash.engines.opening import (
    ANY_CORES,
    DEFAULT_ENGINE,
    ENGINES,
    engine_of,
    open_engine,
    open_json_engine,
)
from leapdash.engines.scratch import scratch_folder
from leapdash.engines.workspace import Workspace

__all__ = [
    "ANY_CORES",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Engine",
    "EngineError",
    "JsonEngine",
    "Workspace",
    "engine_of",
    "open_engine",
    "open_json_engine",
    "scratch_folder",
]
