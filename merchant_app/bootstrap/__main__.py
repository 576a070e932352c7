"""`python -m merchant_app.bootstrap`: the same as the console script `merchant-app`."""

import sys

from merchant_app.bootstrap import main

if __name__ == "__main__":
    sys.exit(main())
