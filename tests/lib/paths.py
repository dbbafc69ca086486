"""Where things stand in the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo"
DEMO_PUBLIC = ROOT / "data" / "demo-tiers" / "public"
