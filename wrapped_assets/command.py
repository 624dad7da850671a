"""How the command line is called from where its user stands, for the commands that messages tell them to run next."""

import shutil
import sys
from pathlib import Path


def wrapped(arguments: str) -> str:
    """`wrapped <arguments>`, with the path of this installation's script when the shell would not find the name."""
    script = Path(sys.executable).with_name("wrapped")
    if shutil.which("wrapped") or not script.exists():
        return f"wrapped {arguments}"
    here = Path.cwd()
    return f"{script.relative_to(here) if script.is_relative_to(here) else script} {arguments}"
