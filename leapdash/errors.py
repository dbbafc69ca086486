"""What can go wrong, one type per kind of trouble; the command line prints the message alone."""


class LeapdashError(Exception):
    """Something went wrong; the message says where, what was found, expected, and what to do."""

    exit_code = 1


class InputError(LeapdashError):
    """A file the user gave breaks the contract."""

    exit_code = 2


class UsageError(LeapdashError):
    """A command was given something it can't work with."""

    exit_code = 2


class ReleaseError(LeapdashError):
    """A store or a release can't be opened, understood or trusted."""

    exit_code = 2


class StoreError(LeapdashError):
    """A store, or what else was named for output, can't be written."""

    exit_code = 2


class ContractError(LeapdashError):
    """A table made here breaks the contract: a fault of leapdash, not of the input."""

    exit_code = 1


def shortened(text: str, most: int = 120) -> str:
    """A text for a message: what can't be printed is spelt out, and what is too long cut off."""
    if len(text) > most:
        text = text[:most] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
