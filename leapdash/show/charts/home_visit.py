"""The picture of a home visit, drawn in the colours of the theme."""

from leapdash.show.charts.palette import Palette

WIDTH, HEIGHT = 720, 250
_FLOOR = 210


def home_visit(palette: Palette) -> str:
    """An SVG: a school, a way to a house, two visitors at its open door, parent and child in it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="100%" fill="none" stroke="{palette.text}" stroke-width="3" '
        f'stroke-linecap="round" stroke-linejoin="round">'
        f"{_ground(palette)}{_school(palette)}{_house(palette)}"
        f"{_person(380, 74, palette.visited, palette)}{_person(428, 68, palette.naive, palette)}"
        f"{_person(556, 70, palette.waiting, palette)}{_person(592, 46, palette.waiting, palette)}"
        "</svg>"
    )


def _ground(palette: Palette) -> str:
    """The floor, and the way from the school."""
    return (
        f'<path d="M16 {_FLOOR}H704"/>'
        f'<path d="M196 {_FLOOR + 18}H520" stroke="{palette.muted}" stroke-dasharray="2 12"/>'
        f'<path d="M510 {_FLOOR + 10}l12 8l-12 8" stroke="{palette.muted}"/>'
    )


def _school(palette: Palette) -> str:
    windows = "".join(
        f'<rect x="{x}" y="{y}" width="18" height="20"/>'
        for x in (52, 84, 150, 182)
        for y in (124, 162)
    )
    return (
        f'<path d="M36 {_FLOOR}V104H216V{_FLOOR}" fill="{palette.grid}"/>'
        '<path d="M28 104L126 60L224 104Z"/>'
        f'{windows}<rect x="116" y="164" width="22" height="46" fill="{palette.ground}"/>'
        f'<path d="M126 60V24"/><path d="M126 26h34l-8 9l8 9h-34Z" fill="{palette.visited}"/>'
        f'<circle cx="126" cy="86" r="8" fill="{palette.ground}"/>'
    )


def _house(palette: Palette) -> str:
    """The house with its door open, as wide as two people."""
    return (
        f'<path d="M500 {_FLOOR}V112H684V{_FLOOR}" fill="{palette.grid}"/>'
        '<path d="M484 116L592 40L700 116"/>'
        f'<path d="M644 72V40h22v48" fill="{palette.grid}"/>'
        f'<rect x="530" y="118" width="84" height="92" fill="{palette.ground}"/>'
        f'<path d="M530 118l-22 10v92l22 -10" fill="{palette.ground}"/>'
        '<rect x="636" y="140" width="30" height="28"/><path d="M651 140v28M636 154h30"/>'
    )


def _person(x: int, height: int, color: str, palette: Palette) -> str:
    """A person that high, shoulders and head, with feet on the floor."""
    head = round(height * 0.17)
    shoulders = _FLOOR - height + 2 * head + 4
    half = round(height * 0.22)
    return (
        f'<path d="M{x - half} {_FLOOR}V{shoulders + half}a{half} {half} 0 0 1 {2 * half} 0'
        f'V{_FLOOR}Z" fill="{color}" stroke="{palette.ground}"/>'
        f'<circle cx="{x}" cy="{_FLOOR - height + head}" r="{head}" fill="{color}" '
        f'stroke="{palette.ground}"/>'
    )
