"""A decision's no: a code for machines, a sentence that says what to do, and HTTP's status for it."""


class Refused(Exception):
    """Raised by a decision; nothing was written. `code` is stable, `detail` tells a person what is wrong and what to do."""

    def __init__(self, code: str, detail: str, status: int = 409) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
