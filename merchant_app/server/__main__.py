"""`python -m merchant_app.server`: the same program as merchant-central."""

from __future__ import annotations

import sys

from merchant_app.server.cli import main

sys.exit(main())
