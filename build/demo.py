"""The whole story with no person and no screen: `demo.py --out DIR`.

A real window (offscreen), the real central service in its own process, a real film of vouchers
through the real camera path. A driver presses the keys a cashier would press, photographs each
step, and at the end compares what the till showed with what the service's ledger holds. In the
second act (`demo_outage.py`) the line is cut and comes back.

Writes NN-name.png for each step and summary.json; exits 1 if anything is off. Run with the
environment's Python (`build/dev.py demo` does).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from demo_cast import Cast, cast_of
from demo_story import Story

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.program import assemble
from merchant_app.bootstrap.training import TrainingService
from merchant_app.scanning.sample_video import write_sample_video
from merchant_app.settings.paths import ProfileName, prepare, profile_of

SECONDS_PER_CARD = 2.4
GAP_SECONDS = 1.4


def main(argv: list[str]) -> int:
    """Play the story; 0 when everything was as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="where pictures and summary go")
    parser.add_argument("--language", choices=("fr", "en"), default="fr")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    options = parser.parse_args(argv)
    if options.out.exists() and not options.out.is_dir():
        parser.error(f"{options.out} is a file, not a folder")
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="comptoir-demo-") as folder:
        till_folder = Path(folder) / "till"
        film = Path(folder) / "film.mp4"
        cast = _prepare(till_folder, film)
        arguments = ["--training", "--data-dir", str(till_folder), "--camera", str(film)]
        arguments += ["--language", options.language, "--theme", options.theme]
        assembled = assemble(parse(arguments))
        story = Story(assembled, cast, options.out)
        assembled.running.window.show()
        assembled.running.application.exec()
        service = TrainingService(profile_of(ProfileName.TRAINING, data_dir=till_folder).data)
        assembled.close()
        summary = story.summary(service)
    outage = _outage(options, first_number=len(summary["steps"]) + 1)
    summary["outage"] = outage
    summary["agrees"] = summary["agrees"] and outage["agrees"]
    (options.out / "summary.json").write_text(
        json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    _tell(summary, options.out)
    return 0 if summary["agrees"] else 1


def _outage(options: argparse.Namespace, *, first_number: int) -> dict[str, Any]:
    """The second act, with a program of its own."""
    print("Cutting the line ...", flush=True)
    command = [sys.executable, str(Path(__file__).with_name("demo_outage.py"))]
    command += ["--out", str(options.out), "--first-number", str(first_number)]
    command += ["--language", options.language, "--theme", options.theme]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        return {"agrees": False, "failed": f"exit code {done.returncode}", "steps": []}
    return dict(json.loads(done.stdout))


def _prepare(till_folder: Path, film: Path) -> Cast:
    """Issue the story's vouchers at a new central service, and film them."""
    profile = profile_of(ProfileName.TRAINING, data_dir=till_folder)
    prepare(profile)
    service = TrainingService(profile.data)
    print("Filling the central service with seven bookshops ...", flush=True)
    service.fill()
    cast = cast_of(service)
    print("Filming the vouchers ...", flush=True)
    write_sample_video(
        film, cast.cards(), seconds_per_card=SECONDS_PER_CARD, gap_seconds=GAP_SECONDS
    )
    return cast


def _tell(summary: dict[str, Any], out: Path) -> None:
    for step in [*summary["steps"], *summary["outage"]["steps"]]:
        print(f"  {'ok ' if step['ok'] else 'OFF'} {step['step']}: {step['word']}")
    print("Till and central service agree." if summary["agrees"] else "Something is off.")
    print(f"Pictures and summary.json are in {out}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
