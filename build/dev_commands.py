"""The commands of dev.py: each makes sure of what it needs, then hands over."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import dev_bench
import dev_environment
import dev_gate
import dev_lock
import dev_package
import dev_system
from dev_terminal import ROOT, CannotGoOn, open_lock, say, try_lock

TRIAL_DATA = ROOT / ".run"
DEMO = "python3 build/dev.py demo --out DIR"


def main(arguments: list[str]) -> int:
    """Run one command line; the exit code (2: misused, 130: interrupted)."""
    try:
        # Not through argparse: what follows `test` belongs to pytest.
        if arguments[:1] == ["test"]:
            dev_system.ensure([*dev_system.RUNTIME, *dev_system.TESTS])
            return dev_gate.run(dev_environment.ensure(), arguments[1:])
        return _dispatch(arguments)
    except CannotGoOn as reason:
        say(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(arguments: list[str]) -> int:
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command not in ("run", "demo", "bench", "pictures"):
        _parser().error(f"unknown: {' '.join(rest)}")
    if options.command == "run":
        return run(camera=options.camera, keep=options.keep, rest=rest)
    if options.command == "demo":
        return demo(out=options.out, rest=rest)
    if options.command == "bench":
        return dev_bench.run(options.name, as_json=options.json, rest=rest)
    if options.command == "lock":
        return dev_lock.lock()
    python = dev_environment.ensure()
    if options.command == "pictures":
        dev_system.ensure(dev_system.RUNTIME)
        out = ["--out", options.out] if options.out else []
        return subprocess.call([python, ROOT / "build" / "pictures.py", *out, *rest], cwd=ROOT)
    if options.command == "openapi":
        return dev_lock.openapi()
    if options.command == "package":
        return dev_package.run(python)
    check = ["--check"] if options.check else []
    return subprocess.call([python, ROOT / "build" / "translations.py", *check], cwd=ROOT)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py", description="Work on Comptoir.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, allow_abbrev=False)

    run = command("run", "Open a trial till, with its own central service and sample vouchers.")
    run.add_argument("--camera", metavar="N|PATH|URL", help="a webcam's number, a video, a stream")
    run.add_argument("--keep", action="store_true", help="go on with the last trial's data (.run)")
    demo = command("demo", "Play the whole story with no person and no screen.")
    demo.add_argument("--out", metavar="DIR", required=True, help="where its pictures are written")
    command("test", "The gate: style, types, imports, security, tests. With arguments: pytest's.")
    bench = command("bench", "Measure one thing; without a name, list what can be measured.")
    bench.add_argument("name", nargs="?", metavar="NAME")
    bench.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    command("package", "Make the packages of this system, tried by themselves, in dist/.")
    command("lock", "Make build/requirements.lock again from pyproject.toml.")
    words = command("translations", "Bring the catalogues of resources/locale up to date.")
    words.add_argument(
        "--check", action="store_true", help="change nothing; fail when they are not"
    )
    pictures = command("pictures", "Make the manual's pictures again, from the real program.")
    pictures.add_argument("--out", metavar="DIR", help="every state of every screen, into there")
    command("openapi", "Write the central service's OpenAPI description to resources/openapi.")
    return parser


def run(*, camera: str | None, keep: bool, rest: list[str]) -> int:
    """Open the trial till; on Linux and macOS this process becomes it.

    Raises:
        CannotGoOn: there is no screen, or another trial till is open.
    """
    if not _has_screen():
        raise CannotGoOn(f"There is no screen here. To see the whole story without one:\n  {DEMO}")
    dev_system.ensure([*dev_system.RUNTIME, *(dev_system.X11 if _on_x11() else ())])
    dev_environment.ensure()
    # Open until the till ends, and inherited by it: a second start must not empty its data.
    lock = open_lock("trial.lock")
    if not try_lock(lock):
        raise CannotGoOn("A trial till is already open; close it first.")
    os.set_inheritable(lock.fileno(), True)
    if not keep and TRIAL_DATA.exists():
        shutil.rmtree(TRIAL_DATA)
    command = [str(dev_environment.script("merchant-app")), "--training"]
    command += ["--data-dir", str(TRIAL_DATA), *(["--camera", camera] if camera else []), *rest]
    if os.name != "nt":
        sys.stderr.flush()
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    return subprocess.call(command)


def demo(*, out: str, rest: list[str]) -> int:
    """Play the demonstration into the folder `out`."""
    dev_system.ensure(dev_system.RUNTIME)
    python = dev_environment.ensure()
    story = ROOT / "build" / "demo.py"
    environment = {**os.environ}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return subprocess.call([python, story, "--out", Path(out), *rest], env=environment)


def _has_screen() -> bool:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _on_x11() -> bool:
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform.startswith("xcb")
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")
