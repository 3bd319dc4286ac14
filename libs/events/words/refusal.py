"""A decision's no: a code for machines, a sentence that says what to do, and HTTP's status for it."""


class Refused(Exception):
    """Raised by a decision; nothing was written.

    `code` is stable, `detail` tells a person what is wrong and what to do, `retry_after` (seconds) when trying again may help,
    `location` where that stands which is there already.
    """

    def __init__(self, code: str, detail: str, status: int = 409, retry_after: int | None = None, location: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.location = location
