"""`python -m clienteling.cli`: the command without its script."""

import sys

from clienteling.cli import main

if __name__ == "__main__":
    sys.exit(main())
