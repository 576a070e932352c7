"""`python -m merchant_app.server.cli`: the same as the console script `merchant-central`."""

import sys

from merchant_app.server.cli import main

if __name__ == "__main__":
    sys.exit(main())
