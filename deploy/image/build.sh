#!/bin/sh
# Installs newswire, with what runs it for months, into one folder that can be copied as a whole.
#
#   deploy/image/build.sh SOURCES TARGET
#
# TARGET becomes a virtual environment: the project from SOURCES, its dependencies as they are locked
# there (pip refuses a file with another hash), and Prism below TARGET/cache where Go is there to
# build it. The image's Dockerfile runs this, and so can anybody who installs on a plain machine.
# PYTHON names the Python; NEWSWIRE_CACHE may name a folder in which "make prism" has built Prism
# before.
set -eu

if [ $# -ne 2 ]; then
    echo "Usage: $0 SOURCES TARGET" >&2
    exit 2
fi
sources=$1
target=$2
python=$target/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# setuptools leaves its work in the sources, and these may be read-only.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/sources"
for name in setup.py pyproject.toml README.md LICENSE pipeline schemas; do
    cp -R "$sources/$name" "$work/sources/"
done

echo "Installing into $target ..."
"${PYTHON:-python3}" -m venv "$target"
"$python" -m pip install -q --require-hashes -r "$sources/requirements/deploy.txt"
"$python" -m pip install -q --no-deps --no-build-isolation "$work/sources"

if command -v go > /dev/null; then
    # Prism's own code says where it is found again: at the same place below NEWSWIRE_CACHE.
    (cd "$work" && "$python" -m pipeline.runners.prism_binary)
    built=$(cd "$work" && "$python" -c \
        'from pipeline.runners.prism_binary import built_path; print(built_path())')
    kept=$target/cache/$(basename "$(dirname "$built")")
    mkdir -p "$kept"
    cp "$built" "$kept/prism.new"
    mv "$kept/prism.new" "$kept/prism"
else
    echo "Go is not here: without Prism a run grows by some 200 MB a day." >&2
fi

"$target/bin/newswire" --version
