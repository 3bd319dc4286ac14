"""Where customers reach somebody is an address that a browser opens as it looks, or the service does not start."""

import pytest

from libs.web.environment import BadSetting, from_environment
from services.survey.settings import SurveySettings


def told(contact):
    return from_environment(SurveySettings, {"LOOPDESK_SURVEY_CONTACT": contact}).reached_at


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "mailto:help@example.org",
        "tel:+49-30-123456",
        "tel:4008001234",
        "https://example.org",
        "https://example.org/help?a=b#c",
    ],
)
def test_an_address_is_taken(contact):
    assert told(contact) == contact


@pytest.mark.parametrize(
    "contact",
    [
        "help@example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://example.org",
        "https://",
        "https://a@b.org/",
        "https://example.org/ x",
        "mailto:help",
        "mailto:a@b.org?body=x",
        "tel:",
        "tel:call me",
        "MAILTO:help@example.org",
    ],
)
def test_anything_else_is_refused_with_examples(contact):
    with pytest.raises(BadSetting, match=r"LOOPDESK_SURVEY_CONTACT must be like mailto:"):
        told(contact)
