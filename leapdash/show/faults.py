"""What nobody expected: the reader is told a reference, the log has all that belongs to it."""

import logging
import secrets
import traceback

from leapdash.remote import no_secrets_in
from leapdash.show.language import _

LOG = logging.getLogger("leapdash")


def noted(error: BaseException, where: str) -> str:
    """Write the error into the log, with its traceback and a new reference; the reference.

    The address of a store may have a key in it, and what failed there repeats it.
    """
    reference = secrets.token_hex(3)
    told = "".join(traceback.format_exception(error)).rstrip()
    LOG.error("Reference %s: %s\n%s", reference, no_secrets_in(where), no_secrets_in(told))
    return reference


def sorry(reference: str) -> str:
    """What the reader is told, and no more of it."""
    return _("Something went wrong. Reference {reference}.", reference=reference)
