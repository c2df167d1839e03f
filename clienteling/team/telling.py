"""What holds for every text that colleagues read: not empty or too long, and no customer named."""

from clienteling.customers.directory import Directory
from clienteling.customers.naming import names_a_customer
from clienteling.errors import UsageError
from consent.office import Office


class CustomerNamedError(UsageError):
    """The text names a customer; nothing was kept."""


def plain(text: str, longest: int) -> str:
    """Return the text as it is kept: without blanks around it and strange line ends.

    Raises:
        UsageError: it is empty or too long.
    """
    kept = "\n".join(text.strip().splitlines())
    if not kept:
        raise UsageError("Write something first.")
    if len(kept) > longest:
        raise UsageError(f"Say it in at most {longest} characters.")
    return kept


def refuse_names(
    office: Office, *texts: str, reader: str, directory: Directory | None = None
) -> None:
    """Refuse texts in which a customer's whole name stands (R35: nobody gave consent for that).

    Raises:
        CustomerNamedError: one does.
    """
    if names_a_customer(office, " \n ".join(texts), reader=reader, directory=directory):
        raise CustomerNamedError(
            "This names a customer, and nobody is named here. Tell it without the name: "
            "“a regular”, “a father with two children”."
        )
