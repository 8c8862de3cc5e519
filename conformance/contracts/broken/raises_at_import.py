# { "Depends": "py-genlayer:test" }
from genlayer import *

1 / 0
