"""What a contact with the customer is to a case: how it came in, its answer, or one more."""

from collections.abc import Iterable

from libs.events.catalogue.intake import ON_THE_LINE
from services.analytics.domain.case import Case, Contact, Registration


def begins(contact: Contact, channel: str) -> bool:
    """Test whether the contact may be the conversation by which a case came in. A customer who wrote had no conversation."""
    return channel in ON_THE_LINE and contact.direction == "inbound" and contact.channel == channel


def answers(contact: Contact, channel: str) -> bool:
    """Test whether the contact may be the answer to a registration by `channel`. A customer on the line is answered there."""
    return channel not in ON_THE_LINE or contact.channel == channel


def further_contacts(case: Case, came: Registration) -> Iterable[Contact]:
    """Yield every contact of the customer with a person that is not the conversation by which the case was registered."""
    is_begun = False
    for contact in case.contacts:
        if contact.automated or contact.direction != "inbound":
            continue
        if not is_begun and begins(contact, came.channel):
            is_begun = True  # it is the conversation by which the case was registered
        else:
            yield contact
