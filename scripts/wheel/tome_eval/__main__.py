"""The command: python -m tome_eval."""
import os
import sys

from . import program


def main():
    os.execv(program(), ["tome-eval", *sys.argv[1:]])


if __name__ == "__main__":
    main()
