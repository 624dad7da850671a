"""How the command line is called from where its user stands, for the commands that messages tell them to run next."""

import shlex
import shutil
import sys
from pathlib import Path


def wrapped(arguments: str) -> str:
    """`wrapped <arguments>`, with the path of this installation's script when the shell would not find the name."""
    script = Path(sys.executable).with_name("wrapped")
    if shutil.which("wrapped") or not script.exists():
        return f"wrapped {arguments}"
    try:
        near = script.relative_to(Path.cwd())
    except (ValueError, FileNotFoundError):
        near = script
    # A bare name would be looked for in PATH.
    shown = near if len(near.parts) > 1 else script
    return f"{shlex.quote(str(shown))} {arguments}"
