"""Builds the site of the documentation: ``make docs``. A dead link fails.

The pages link to each other as they lie in the repository, and to its files. So they are laid out
in the same way in a folder of their own, with the files that they link to, and mkdocs makes
the site of that.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#:\s]+)(#[^)]*)?\)")


def pages() -> list[str]:
    """Every page of the site, in the order of its menu."""
    menu = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    found = []
    for part in menu:
        for entry in part.values():
            found += [entry] if isinstance(entry, str) else entry
    return found


def lay_out(folder: Path) -> None:
    """Puts the pages and all that they link to into ``folder``."""
    there = set(pages())
    for page in there:
        source, target = ROOT / page, folder / page
        target.parent.mkdir(parents=True, exist_ok=True)

        def placed(found: re.Match[str], source: Path = source) -> str:
            linked = (source.parent / found[3]).resolve()
            if not linked.exists() or not linked.is_relative_to(ROOT):
                return found[0]  # mkdocs says so
            name = linked.relative_to(ROOT)
            if linked.is_dir():
                if str(name / "README.md") in there:
                    return f"[{found[2]}]({found[3].rstrip('/')}/README.md)"
                return found[2]  # a folder has no page
            if str(name) not in there:
                if linked.suffix == ".md":
                    raise SystemExit(f"{source}: mkdocs.yml has no menu entry for {name}")
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(linked, folder / name)
            return found[0]

        target.write_text(LINK.sub(placed, source.read_text(encoding="utf-8")), encoding="utf-8")


def main(site: Path) -> int:
    """Builds it in ``site``; gives the exit code of mkdocs."""
    folder = site.with_name(f"{site.name}-pages")
    shutil.rmtree(folder, ignore_errors=True)
    lay_out(folder)
    shutil.copy(ROOT / "docs" / "site.css", folder / "docs")
    config = site.with_name(f"{site.name}.yml")
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    text = re.sub(r"^docs_dir: .*$", f"docs_dir: {folder.resolve()}", text, flags=re.M)
    text = re.sub(r"^site_dir: .*$", f"site_dir: {site.resolve()}", text, flags=re.M)
    config.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "-f", str(config)]
    # What its makers plan next is no news for whoever builds these pages.
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
