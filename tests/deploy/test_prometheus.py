"""Prometheus is taken from where it is, fetched where it can be, and missed with a word where it cannot."""

from pathlib import Path

import pytest

from deploy import prometheus
from deploy.prometheus import PROGRAMS, PrometheusMissing, configured, programs

CLIENT = {"apt-get": "/usr/bin/apt-get", "dpkg-deb": "/usr/bin/dpkg-deb"}


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine without Prometheus; the programs that it is then given, by name."""
    has = {}
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(prometheus.shutil, "which", has.get)
    return has


def test_one_on_the_path_is_taken(machine):
    machine.update({name: f"/opt/prometheus/{name}" for name in PROGRAMS})
    assert programs() == Path("/opt/prometheus")


@pytest.mark.parametrize("only", PROGRAMS)
def test_half_of_it_is_not_enough(machine, only):
    machine[only] = f"/opt/prometheus/{only}"
    with pytest.raises(PrometheusMissing, match="Install Prometheus"):
        programs()


@pytest.mark.parametrize("refused", [[], ["download"], ["download", "update"], ["download", "download"], ["-x"]])
def test_it_is_fetched_once_or_missed_with_a_word(machine, monkeypatch, refused):
    machine.update(CLIENT)
    left = list(refused)

    def said(folder, *command):
        what = next(word for word in ("download", "update", "-x") if word in command)
        if left and left[0] == what:
            return left.pop(0) + " refused"
        if what == "download":
            (folder / "prometheus_1_amd64.deb").touch()
        if what == "-x":
            for name in PROGRAMS:
                (folder / "usr/bin").mkdir(parents=True, exist_ok=True)
                (folder / "usr/bin" / name).touch()
        return ""

    monkeypatch.setattr(prometheus, "_said", said)
    if refused in ([], ["download"]):
        assert {file.name for file in programs().iterdir()} == set(PROGRAMS)
        machine.clear()
        assert programs().name == "bin", "the cache has it"
    else:
        with pytest.raises(PrometheusMissing, match=f"{refused[-1]} refused"):
            programs()


def test_other_addresses_keep_the_shipped_rules_and_names():
    config = configured({"sla": "127.0.0.1:1"}, "1s")
    [job] = config["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["127.0.0.1:1"], "labels": {"service": "sla"}}]
    assert all(Path(file).is_file() for file in config["rule_files"])
    assert ("alerting" in config, config["global"]["scrape_interval"]) == (False, "1s")
