"""`python -m gongkai` is the same as the command `gongkai`."""

from gongkai.cli import main

main()
