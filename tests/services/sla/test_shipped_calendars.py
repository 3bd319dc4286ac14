"""The calendars in the folder that an operator names are published at every start, or the start says which file is wrong."""

from pathlib import Path

import pytest

from libs.service.settings import StoreSettings
from libs.web.environment import BadSetting
from libs.web.settings import WebSettings
from services.sla.service import app


def test_a_calendar_that_cannot_be_published_is_named_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("{id: desk, version: 1, timezone: localtime, years: [2026, 2026], windows: {mon: ['09:00-18:00']}}", "utf-8")
    monkeypatch.setenv("LOOPDESK_CALENDARS", str(tmp_path))
    with pytest.raises(BadSetting, match=r'desk\.yaml.*"localtime" is no IANA time zone'):
        app(StoreSettings(database_url="postgresql://nobody@localhost/nothing"), WebSettings.from_env(service="sla", port=8003))
