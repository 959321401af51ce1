"""The file of --demo, which is read once where another user had the rights raised."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hopscope.app.errors import ConfigurationError
from hopscope.app.launch import scenario_file
from hopscope.app.launch.scenario_file import place_for_probes, scenario_of
from support.folders import open_to_all
from support.need import need_root

SCENARIO = 'title = "what the caller wrote"\nhop = [{ address = "192.0.2.1", rtt_ms = 1 }]\n'
NOBODY = "65534"
RAISED = {"SUDO_UID": NOBODY, "SUDO_GID": NOBODY}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario in a folder that the caller may write."""
    need_root()
    monkeypatch.setattr(scenario_file, "_texts", {})
    open_to_all(tmp_path)
    os.chown(tmp_path, int(NOBODY), int(NOBODY))
    path = tmp_path / "mine.toml"
    path.write_text(SCENARIO)
    return path


def test_what_is_swapped_after_the_check_is_not_read(written: Path) -> None:
    """The probe process and the program have what the caller could read, whatever has the name by then."""
    place = place_for_probes(str(written), RAISED)
    secret = written.with_name("secret.toml")
    secret.write_text(SCENARIO.replace("what the caller wrote", "of root alone"))
    secret.chmod(0o600)
    written.unlink()
    written.symlink_to(secret)
    assert Path(place).read_text() == SCENARIO
    assert scenario_of(place).title == scenario_of(str(written)).title == "what the caller wrote"
    with pytest.raises(ConfigurationError, match="the user who called sudo may not read it"):
        place_for_probes(str(written), RAISED)


def test_what_was_read_cannot_be_changed(written: Path) -> None:
    """Nor by the caller, whose process the screen becomes."""
    place = place_for_probes(str(written), RAISED)
    with Path(place).open("r+b", buffering=0) as file, pytest.raises(PermissionError):
        file.write(b"x")


def test_a_file_that_is_not_there_or_none_is_told_of(written: Path) -> None:
    """With the name that was given."""
    with pytest.raises(ConfigurationError, match=r"/none\.toml: no such scenario file"):
        place_for_probes(str(written.with_name("none.toml")), RAISED)
    with pytest.raises(ConfigurationError, match="not a regular file"):
        place_for_probes(str(written.parent) + "/", RAISED)


def test_without_raised_rights_the_file_is_the_place(tmp_path: Path) -> None:
    """And so is the name of a scenario that is shipped, whoever asks."""
    assert place_for_probes(str(tmp_path / "any.toml"), {}) == str(tmp_path / "any.toml")
    assert place_for_probes("steady", RAISED) == "steady"
    assert place_for_probes("", RAISED) == "steady"
    assert scenario_of("").name == "steady"
