"""The customer, and the opaque reference that events use for them."""

import re
import unicodedata
from dataclasses import dataclass

from libs.events.catalogue.intake import ANONYMOUS
from libs.events.words.now import derived_id

_INTERNATIONAL = re.compile(r"\+[0-9][0-9 ()./-]*")
_SEPARATORS = re.compile(r"[ ()./-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The person as the channel knows them; everything here is personal and stays in the vault."""

    id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""

    @property
    def identity(self) -> str:
        """The customer's identity: the client's own id, or else the e-mail address, or else the phone number."""
        return self.id.strip() or self.email.strip() or _dialled(self.phone)


def customer_ref(identity: str, *, pepper: str = "", of: str = "") -> str:
    """Return the customer's opaque reference: the same for every spelling of one identity, without a trace of it.

    `of` is the system that uses this identity: its 17 is not the 17 of another system. Empty means our own customers,
    named over HTTP. The pepper is this installation's secret; without one, anybody who guesses an address can recognise
    its reference.
    """
    plain = normalised(identity)
    if plain in ("", ANONYMOUS):
        return ANONYMOUS
    return str(derived_id("customer of", of, pepper, plain) if of else derived_id("customer", pepper, plain))


def normalised(identity: str) -> str:
    """Return the one spelling of an identity: no case, no stray spaces, an international number without separators."""
    plain = " ".join(_caseless(_caseless(unicodedata.normalize("NFD", identity))).split())
    # Only a leading + makes digits a phone number: 12-345678 and 123-45678 may be two customers' ids.
    return _SEPARATORS.sub("", plain) if _INTERNATIONAL.fullmatch(plain) else plain


def _caseless(text: str) -> str:
    """Fold once. The Unicode Standard's compatibility caseless match (D146) needs two folds."""
    return unicodedata.normalize("NFKC", text.casefold())


def _dialled(phone: str) -> str:
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", phone).strip())
    return "+" + digits[2:] if digits.startswith("00") else digits
