"""What import-linter can't see: app.py is a module of no package."""

import ast

from tests.lib.paths import ROOT


def test_the_entry_point_imports_only_streamlit_and_the_dashboard():
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }
    assert imported == {"streamlit", "leapdash.show.dashboard"}
