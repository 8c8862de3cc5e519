"""The networks that tests share, each started when it is first needed and stopped at the end."""

import atexit
from functools import cache

from .models import Models
from .network import Network
from .site import Site

JURORS = tuple(f"juror-{number}" for number in range(1, 6))
FINALITY_SECONDS = 2


def _closing(thing):
    atexit.register(thing.close)
    return thing


@cache
def models():
    """The model server."""
    return _closing(Models())


@cache
def site():
    """The website."""
    return _closing(Site())


@cache
def public():
    """25 validators, five of whom judge each transaction; every juror plays each part five times."""
    return _closing(Network("public", "--finality-window", str(FINALITY_SECONDS), *_providers()))


@cache
def five():
    """Five validators, who judge everything; each has a model of its own."""
    options = ("--validators", str(len(JURORS)), "--finality-window", str(FINALITY_SECONDS))
    return _closing(Network("five", *options, *_providers()))


def _providers():
    return [part for juror in JURORS for part in ("--provider", models().spec(juror))]
