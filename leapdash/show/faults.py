"""What nobody expected: the reader is told a reference, the log has all that belongs to it."""

import logging
import secrets

from leapdash.show.language import _

LOG = logging.getLogger("leapdash")


def noted(error: BaseException, where: str) -> str:
    """Write the error into the log, with its traceback and a new reference; the reference."""
    reference = secrets.token_hex(3)
    LOG.error("Reference %s: %s", reference, where, exc_info=error)
    return reference


def sorry(reference: str) -> str:
    """What the reader is told, and no more of it."""
    return _("Something went wrong. Reference {reference}.", reference=reference)
