"""The outside world, under the third generation's name."""

from ..gl.nondet import Image as Image
from ..gl.nondet import NondetException as NondetException
from ..gl.nondet import exec_prompt as exec_prompt
from ..gl.nondet import extract as extract
from ..gl.nondet import fetch_url as fetch_url
from ..gl.nondet import quorum as quorum
from ..gl.nondet import text as text
from . import web as web
