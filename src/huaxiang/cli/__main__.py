"""``python -m huaxiang.cli``."""

import sys

from huaxiang.cli import main

if __name__ == "__main__":
    sys.exit(main())
