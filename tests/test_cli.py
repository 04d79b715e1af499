"""The command line: what it prints, quiet and for machines, and that the README names all of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer.main

from dedupe.cli import app

ROOT = Path(__file__).parent.parent
COMMANDS = typer.main.get_command(app)


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dedupe.cli", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_the_summary_for_people(tmp_path: Path, sample: Path) -> None:
    done = run("run", sample / "wire.jsonl", "--out", tmp_path / "out")
    assert done.returncode == 0 and "Traceback" not in done.stderr and "\x1b" not in done.stdout + done.stderr
    for line in (
        r"69 articles in [\d.]+ s \([\d,]+ a second\)", r"stories of two or more +4 \(4 syndicated\)", r"copies +18 ",
        r"articles that stay +51", r"repeated headlines +9 \(", r"pairs not joined +\d+ \(", r"Results in .*summary.json",
    ):  # fmt: skip
        assert re.search(line, done.stdout), line


def test_json_and_quiet(tmp_path: Path, sample: Path) -> None:
    done = run("run", sample / "wire.jsonl", "-o", tmp_path / "out", "--json", "--threads", "1", "--set", "shingle=4")
    summary = json.loads(done.stdout)
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["settings"]["shingle"] == 4 and summary["threads"] == 1
    done = run("run", sample / "wire.jsonl", "-o", tmp_path / "out", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_columns_and_config(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Kopf;x\n")
    (tmp_path / "b.csv").write_text("Kopf,Rumpf\nh,t\n")
    (tmp_path / "c.toml").write_text("[dedupe]\nwindow = 8\n")
    done = run(
        "run", tmp_path / "b.csv", "-o", tmp_path / "out", "-c", "text=Rumpf", "-c", "headline=Kopf",
        "--config", tmp_path / "c.toml", "--json",
    )  # fmt: skip
    assert json.loads(done.stdout)["settings"]["window"] == 8


def test_help_is_quick_and_names_every_option() -> None:
    begin = time.perf_counter()
    done = run("run", "--help")
    assert time.perf_counter() - begin < 3
    for parameter in COMMANDS.commands["run"].params:  # type: ignore[attr-defined]
        assert parameter.help, parameter.name
        assert parameter.param_type_name == "argument" or parameter.opts[0] in done.stdout, parameter.name


@pytest.mark.parametrize("name", sorted(COMMANDS.commands))  # type: ignore[attr-defined]
def test_the_readme_names_every_command_and_option(name: str) -> None:
    readme = (ROOT / "README.md").read_text()
    assert f"dedupe {name}" in readme
    for parameter in COMMANDS.commands[name].params:  # type: ignore[attr-defined]
        if parameter.param_type_name == "option" and parameter.name != "help":
            named = [*parameter.opts, *parameter.secondary_opts]
            assert any(f"`{name}" in readme for name in named), parameter.name


def test_version() -> None:
    assert run("--version").stdout.startswith("dedupe-news ")


def test_page_for_people_and_for_machines(tmp_path: Path, sample: Path) -> None:
    file = sample / "pages" / "the-brannock-post" / "ferry.txt"
    done = run("page", file)
    assert done.returncode == 0 and not done.stderr
    for line in (
        r"headline +All safe after ferry hits reef near Skarn", r"again +All safe", r"in other words All are safe .*\[line 7, \d+% alike\]",
        r"over the body +Ferry Aldora", r"deck +What happened", r"body +6 paragraphs", r"citations +\[1\] Meridian, in paragraph 1, 2, 3, 5",
        r"credits +Meridian: cited, list", r"language +en", r"furniture +Skip to content  \[line 1\]",
    ):  # fmt: skip
        assert re.search(line, done.stdout), line
    html = sample / "pages" / "harbour-echo" / "ferry.html"
    done = run("page", file, html, "--json", "--url", "https://www.echo.example/a?utm_source=x")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["file"] == str(file) and first["credits"][2]["name"] == "Reuters" and len(first["body"]) == 6
    assert second["published"].startswith("2026-05-04 07:00:00") and second["url"] == "https://echo.example/a"
    agencies = tmp_path / "mine.tsv"
    agencies.write_text("name\tcountry\nMeridian\tNO\n")
    assert (
        "Meridian (NO): syndicated, dateline: SKARN, May 4 (Meridian) -"
        in run("page", html, "--agencies", agencies).stdout
    )


def test_pages_that_can_t_be_read_are_named_and_the_others_shown(tmp_path: Path, sample: Path) -> None:
    (tmp_path / "empty.html").write_text("<html></html>")
    done = run(
        "page", tmp_path / "empty.html", tmp_path / "none.txt", sample / "pages" / "hochwald-kurier" / "wolf.txt"
    )
    assert done.returncode == 1 and "headline" in done.stdout and "Traceback" not in done.stderr
    assert "empty.html: the page has no text" in done.stderr and "none.txt: No such file" in done.stderr
    (tmp_path / "bad.tsv").write_text("x\n")
    done = run("page", sample / "pages" / "hochwald-kurier" / "wolf.txt", "--agencies", tmp_path / "bad.tsv")
    assert done.returncode == 1 and "header must name" in done.stderr


def test_agencies_and_what_is_kept(tmp_path: Path, sample: Path) -> None:
    agencies = tmp_path / "mine.tsv"
    agencies.write_text("name\tcountry\tkind\taliases\nMeridian\tNO\tagency\tMRD\n")
    done = run("run", sample / "pages", "-o", tmp_path / "out", "--agencies", agencies, "--keep", "longest", "--json")
    summary = json.loads(done.stdout)
    assert summary["keep"] == "longest" and summary["articles_with_agency"] >= 20
    done = run("run", sample / "pages", "-o", tmp_path / "out", "--keep", "shortest")
    assert done.returncode == 2 and "original, newest, longest" in done.stderr
    done = run("run", sample / "pages", "-o", tmp_path / "out")
    assert re.search(r"furniture set aside +1\d lines in 7\d articles", done.stdout)


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"])
def test_an_interrupt_outside_a_command_is_one_line_and_its_own_status(sent: str) -> None:
    late = f"import signal, dedupe.cli as cli; cli.app = lambda: signal.raise_signal(signal.{sent}); cli.main()"
    done = subprocess.run([sys.executable, "-c", late], capture_output=True, text=True, check=False)
    assert done.returncode == 130 and done.stderr == "dedupe: interrupted\n"
