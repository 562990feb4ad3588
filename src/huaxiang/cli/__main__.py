"""``python -m huaxiang.cli``."""

import sys

from huaxiang.cli.run import main

if __name__ == "__main__":
    sys.exit(main())
