"""The package as it is shipped: one name in site-packages, every folder listed, every data file in the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("app", "probe", "styles", "widgets")


def _setuptools() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        tool = tomllib.load(file)["tool"]["setuptools"]
    assert isinstance(tool, dict)
    return tool


def _folders() -> set[str]:
    """Every importable folder of the tree, by its name in site-packages."""
    found = set()
    for top in TOPS:
        for init in (ROOT / top).rglob("__init__.py"):
            found.add("hopscope." + ".".join(init.parent.relative_to(ROOT).parts))
    return found


def test_every_folder_is_listed() -> None:
    """Each package folder is listed in pyproject.toml, and nothing else is: discovery does not see through the map."""
    assert set(_setuptools()["packages"]) == _folders()  # type: ignore[call-overload]


def test_every_python_file_lies_in_a_package() -> None:
    """No module lies in a folder that would not be installed."""
    for top in TOPS:
        for file in (ROOT / top).rglob("*.py"):
            assert (file.parent / "__init__.py").exists(), file


def test_type_checker_links_lead_to_the_folders() -> None:
    """The links that give the type checker its names point at the four folders."""
    for top in TOPS:
        assert (ROOT / ".dev" / "hopscope" / top).resolve() == ROOT / top


def test_top_level_holds_what_is_agreed() -> None:
    """The top level has the agreed folders and files only, dot files aside."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    tops = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    allowed = {
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "tests",
        "screenshots",
        *TOPS,
    }
    assert {top for top in tops if not top.startswith(".")} <= allowed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built from a copy of the tree, without reaching for any network."""
    tree = tmp_path_factory.mktemp("tree") / "hopscope"
    tree.mkdir()
    for name in (*TOPS, "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tree / "dist"), str(tree)],
        check=True,
        capture_output=True,
    )
    (built,) = (tree / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_brings_one_name(wheel: zipfile.ZipFile) -> None:
    """The wheel puts hopscope/ and its metadata into site-packages, and no top-level app/ or probe/."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"hopscope"}


def test_wheel_brings_man_pages_and_start_scripts(wheel: zipfile.ZipFile) -> None:
    """Both man pages go where man looks for them, both programs where shells do; all else is in hopscope/."""
    data = {name.partition(".data/")[2] for name in wheel.namelist() if ".data/" in name}
    man_pages = {"data/share/man/man1/hopscope.1", "data/share/man/man1/hopscope-packet.1"}
    assert data == man_pages | {"scripts/hopscope", "scripts/hopscope-packet"}


def test_wheel_holds_every_file(wheel: zipfile.ZipFile) -> None:
    """Every module, style sheet, scenario and schema of the tree is in the wheel."""
    expected = {
        "hopscope/" + file.relative_to(ROOT).as_posix()
        for top in TOPS
        for file in (ROOT / top).rglob("*")
        if file.is_file() and not {"__pycache__", "start"} & set(file.relative_to(ROOT).parts)
    }
    assert expected <= set(wheel.namelist())


def test_installers_may_put_the_interpreter_into_the_start_scripts(wheel: zipfile.ZipFile) -> None:
    """The wheel has them as the tree does, with the first line that installers replace or leave, and no entry point."""
    for place, name, first in (("app", "hopscope", "#!/bin/sh\n"), ("probe", "hopscope-packet", "#!python\n")):
        (member,) = (one for one in wheel.namelist() if one.endswith(f".data/scripts/{name}"))
        text = wheel.read(member).decode()
        assert text == (ROOT / place / "start" / name).read_text()
        assert text.startswith(first)
    assert not [name for name in wheel.namelist() if name.endswith("entry_points.txt")]


@pytest.fixture(scope="module", params=["plain", "with a blank"])
def installed(request: pytest.FixtureRequest, wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment where pip has put the wheel."""
    environment = tmp_path_factory.mktemp("installed") / str(request.param)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "--disable-pip-version-check"]
    assert wheel.filename
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", wheel.filename], check=True)
    return environment / "bin"


def _says_its_version(command: list[str | Path], folder: Path | None = None) -> None:
    environment = {"PATH": f".:{os.defpath}"} if folder else None
    done = subprocess.run(
        [*command, "--version"], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert (done.returncode, done.stdout[:9], done.stderr) == (0, "hopscope ", ""), command


def test_hopscope_starts_wherever_it_is_installed(installed: Path, tmp_path: Path) -> None:
    """By its path, by a link to it, found in PATH, and by a shell or Python, in a path with a blank too."""
    link = tmp_path / "a link"
    link.symlink_to(installed / "hopscope")
    _says_its_version([installed / "hopscope"])
    _says_its_version([link])
    _says_its_version([installed / "python", installed / "hopscope"])
    _says_its_version(["hopscope"], installed)
    _says_its_version(["sh", "hopscope"], installed)


def test_hopscope_starts_where_its_neighbour_tells_no_interpreter(installed: Path, tmp_path: Path) -> None:
    """Where hopscope-packet's first line is for the shell, or it is missing, the environment's interpreter is taken."""
    copy = tmp_path / "copy" / "bin"
    shutil.copytree(installed.parent, copy.parent, symlinks=True)
    (copy / "hopscope-packet").write_text("#!/bin/sh\n'''exec' whatever \"$0\" \"$@\"\n' '''\n")
    _says_its_version([copy / "hopscope"])
    (copy / "hopscope-packet").unlink()
    _says_its_version([copy / "hopscope"])
