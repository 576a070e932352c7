"""Every state of Réglages, once."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.errors import ProblemKind
from merchant_app.settings.options import Language, ReceiptPrinter, Theme
from merchant_app.ui.reglages.states import (
    ACCOUNTING,
    CameraEntry,
    Chosen,
    Note,
    PrinterChosen,
    Screen,
)

PLAIN = Chosen(
    camera="",
    mirrored=False,
    customer_screen=False,
    sound_on=True,
    volume_percent=80,
    language=Language.SYSTEM,
    theme=Theme.SYSTEM,
    watched_folder="",
    mirror_folder="",
    accounts={option.key: option.default for option in ACCOUNTING},
)
_CAMERAS = (
    CameraEntry(""),
    CameraEntry("a", "HD Pro Webcam C920"),
    CameraEntry("b", "HD Pro Webcam C920", 2),
)
_GONE = CameraEntry("c", "Integrated Camera: Integrated C, IR and RGB", is_there=False)
_CHOSEN = Chosen(
    camera="c",
    mirrored=True,
    customer_screen=True,
    sound_on=False,
    volume_percent=0,
    language=Language.FRENCH,
    theme=Theme.DARK,
    watched_folder="/home/claire/Téléchargements",
    mirror_folder="/media/claire/Sauvegarde de la librairie/Comptoir/deuxième copie du journal",
)
_PLAIN = Screen(chosen=PLAIN, cameras=_CAMERAS, camera_row=1)

SETTINGS = {
    "settings": _PLAIN,
    "settings-all-chosen": Screen(
        chosen=_CHOSEN, cameras=(*_CAMERAS, _GONE), camera_row=3, note=Note.AT_NEXT_START
    ),
    "settings-code-read": replace(_PLAIN, note=Note.CODE_READ),
    "settings-not-kept": replace(_PLAIN, note=ProblemKind.DISK_FULL),
    "settings-no-zbar": replace(_PLAIN, missing_readers=("zbar",)),
    **{
        f"settings-printer-{kind.value}": replace(
            _PLAIN, chosen=replace(PLAIN, printer=PrinterChosen(kind=kind, address="192.168.1.50"))
        )
        for kind in ReceiptPrinter
    },
    "settings-no-camera": Screen(chosen=PLAIN),
}
