"""Leave at the kiosk, as a customer does: the code on the receipt, then one choice."""

from clienteling.demo.browser import Browser


def withdraw_by_code(kiosk: Browser, code: str) -> None:
    """Withdraw every purpose with the receipt's code; no staff, no face.

    Raises:
        StartError: the kiosk refused the code.
    """
    choices = kiosk.send("/kiosk/leave", {"code": code})
    kiosk.send(str(choices.url.path), {"wish": "all"}, page=str(choices.url.path))
