"""What Plotly writes by itself, in the language on show: months, and the button of the picture."""

from typing import Any

from leapdash.show.language import DEFAULT, N_, _, language, locale

# As Plotly has them.
_SAID = (
    N_("Download plot as a PNG"),
    N_("Preparing image - this may take a few seconds"),
    N_("Image download succeeded"),
    N_("Sorry, there was a problem downloading your image!"),
)


def plotly_words() -> dict[str, Any]:
    """What Plotly's configuration says of the language; of English, which it speaks, nothing."""
    if language() == DEFAULT:
        return {}
    months = locale().months["stand-alone"]
    written = {
        "months": [months["wide"][number] for number in range(1, 13)],
        "shortMonths": [months["abbreviated"][number] for number in range(1, 13)],
    }
    words = {"dictionary": {said: _(said) for said in _SAID}, "format": written}
    return {"locale": language(), "locales": {language(): words}}
